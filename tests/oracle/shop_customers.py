"""K81 to K83, K89: what customers are worth, one customer at a time."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.periods import ONE_DAY, cents, first_of_month, next_month
from tests.oracle.shop import Sale
from tests.oracle.shop_sessions import Visits, buyer_of

WINDOWS = (30, 60, 90, 365)


@dataclass
class Buyer:
    """A customer with an order; `worth` is money by its own day."""

    name: str
    channel: str
    orders: list[Sale] = field(default_factory=list)
    worth: list[tuple[date, Decimal]] = field(default_factory=list)
    unconverted_refunds: int = 0

    @property
    def won(self) -> date:
        """The day of the first order."""
        return self.orders[0].day

    @property
    def days(self) -> list[date]:
        """The days with an order."""
        return sorted({order.day for order in self.orders})

    def value(self, last: date = date.max) -> Decimal:
        """Return the net sales up to a day."""
        return sum((amount for day, amount in self.worth if day <= last), Decimal(0))


class Buyers:
    """Everyone who ordered."""

    def __init__(self, visits: Visits, customer_of: Callable[[str, str], str]) -> None:
        shop = visits.shop
        self.today = shop.clock.today
        messages = {event["messageId"]: event for event in shop.events}
        channels = {
            order.order_id: session.channel
            for session in visits.sessions
            for order in session.orders
        }
        self.found: dict[str, Buyer] = {}
        by_order: dict[str, Buyer] = {}
        for order in sorted(shop.orders.values(), key=lambda one: one.moment):
            name = buyer_of(messages[order.identity], customer_of)
            channel = channels.get(order.order_id, "unknown")
            buyer = self.found.setdefault(name, Buyer(name, channel))
            buyer.orders.append(order)
            buyer.worth.append((order.day, order.base(order.goods) - order.base(order.discount)))  # fmt: skip
            by_order[order.order_id] = buyer
        for refund in shop.refunds:
            if refund.order_id in by_order:
                buyer = by_order[refund.order_id]
                buyer.worth.append((refund.day, -refund.base(refund.goods)))
                buyer.unconverted_refunds += refund.rate is None

    def scopes(self) -> dict[tuple[str, str], list[Buyer]]:
        """Return the buyers of every scope."""
        found: dict[tuple[str, str], list[Buyer]] = defaultdict(list)
        for buyer in self.found.values():
            found["total", "all"].append(buyer)
            found["country", buyer.orders[0].country].append(buyer)
            found["channel", buyer.channel].append(buyer)
        return found


def kpi_customer_lifetime_value(buyers: Buyers) -> Rows:
    """Return the average value of everyone who ordered."""
    rows: Rows = {}
    for scope, found in buyers.scopes().items():
        worth = sum((buyer.value() for buyer in found), Decimal(0))
        orders = [order for buyer in found for order in buyer.orders]
        rows[scope] = {
            "customer_count": len(found),
            "valueless_customer_count": sum(buyer.value() <= 0 for buyer in found),
            "order_count": len(orders),
            "unconverted_order_count": sum(order.rate is None for order in orders),
            "unconverted_refund_count": sum(one.unconverted_refunds for one in found),
            "net_sales_amount_base": cents(worth),
            "lifetime_value": float(worth / len(found)),
            "snapshot_date": buyers.today,
        }
    return rows


def kpi_customer_value_cohorts_monthly(buyers: Buyers) -> Rows:
    """Return each cohort's value by the end of each month that is over."""
    rows: Rows = {}
    for scope, found in buyers.scopes().items():
        cohorts: dict[date, list[Buyer]] = defaultdict(list)
        for buyer in found:
            cohorts[first_of_month(buyer.won)].append(buyer)
        for cohort, members in cohorts.items():
            month, number, before = cohort, 0, Decimal(0)
            while next_month(month) <= buyers.today:
                last = next_month(month) - ONE_DAY
                worth = sum((member.value(last) for member in members), Decimal(0))
                rows[(cohort, number, *scope)] = {
                    "customer_count": len(members),
                    "month_net_sales_amount_base": cents(worth - before),
                    "net_sales_amount_base": cents(worth),
                    "lifetime_value": float(worth / len(members)),
                }
                month, number, before = next_month(month), number + 1, worth
    return rows


def kpi_repeat_purchase(buyers: Buyers) -> Rows:
    """Return who came back in time."""
    rows: Rows = {}
    for scope, found in buyers.scopes().items():
        for window in WINDOWS:
            mature = [one for one in found if (buyers.today - one.won).days >= window]
            again = [one for one in mature if len(one.days) > 1 and (one.days[1] - one.won).days <= window]  # fmt: skip
            rows[(window, *scope)] = {
                "customer_count": len(found),
                "mature_customer_count": len(mature),
                "repeat_customer_count": len(again),
                "repeat_purchase_rate": len(again) / len(mature) if mature else None,
            }
    return rows


def _fifths(ordered: list[str]) -> dict[str, int]:
    """Return 1 to 5 in the order given; the first fifths take the remainder."""
    size, rest = divmod(len(ordered), 5)
    found, start = {}, 0
    for fifth in range(1, 6):
        end = start + size + (fifth <= rest)
        found |= dict.fromkeys(ordered[start:end], fifth)
        start = end
    return found


def kpi_rfm(buyers: Buyers, key_of: dict[str, str]) -> Rows:
    """Return the fifths of every buyer, under the warehouse's key."""
    keyed = {key_of[name]: buyer for name, buyer in buyers.found.items()}
    recency = {key: (buyers.today - one.days[-1]).days for key, one in keyed.items()}
    values = sorted(float(one.value()) for one in keyed.values())
    place = 0.99 * (len(values) - 1)
    below, part = int(place), place % 1
    above = min(below + 1, len(values) - 1)
    cap = values[below] + part * (values[above] - values[below])
    capped = {key: min(float(one.value()), cap) for key, one in keyed.items()}
    recent = _fifths(sorted(keyed, key=lambda key: (-recency[key], key)))
    often = _fifths(sorted(keyed, key=lambda key: (len(keyed[key].days), key)))
    much = _fifths(sorted(keyed, key=lambda key: (capped[key], key)))
    return {
        (key,): {
            "recency_fifth_number": recent[key],
            "frequency_fifth_number": often[key],
            "monetary_fifth_number": much[key],
            "segment_name": _segment(recent[key], often[key], much[key]),
            "recency_days": recency[key],
            "purchase_count": len(buyer.days),
            "net_sales_amount_base": cents(buyer.value()),
        }
        for key, buyer in keyed.items()
    }


def _segment(recent: int, often: int, much: int) -> str:
    if recent >= 4:
        return {5: "champion", 4: "champion", 1: "new"}.get(often, "potential loyal")
    if recent == 3:
        return "loyal" if often >= 4 else "needs attention"
    if often >= 4 and much >= 4:
        return "must not be lost"
    if often >= 3:
        return "at risk"
    return "hibernating" if recent == 2 else "lost"
