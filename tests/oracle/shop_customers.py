"""K81 to K83, K89: what customers are worth, one customer at a time."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

from tests.oracle.comparison import Rows
from tests.oracle.periods import CALENDARS, ONE_DAY, cents, period_of, ratio
from tests.oracle.shop import GIFT_CARDS, SIX, Sale, Shop
from tests.oracle.shop_sessions import Visits, buyer_of

WINDOWS = (30, 60, 90, 180, 365)


@dataclass
class Buyer:
    """A customer with an order; `worth` and `margins` are money by its own day.

    A margin is (day, sales, the part of them whose costs are known, margin of that).
    """

    name: str
    channel: str
    orders: list[Sale] = field(default_factory=list)
    worth: list[tuple[date, Decimal]] = field(default_factory=list)
    margins: list[tuple[date, Decimal, Decimal, Decimal]] = field(default_factory=list)
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

    def margin(self, last: date = date.max) -> tuple[Decimal, Decimal, Decimal]:
        """Return sales, covered sales and their margin up to a day."""
        seen = [row[1:] for row in self.margins if row[0] <= last] or [
            (Decimal(0),) * 3
        ]
        sales, covered, margin = (sum(column) for column in zip(*seen, strict=True))
        return Decimal(sales), Decimal(covered), Decimal(margin)


def products_of(event: dict) -> list[dict]:
    """Return the products of an order, without gift cards."""
    lines = event["properties"].get("products") or []
    return [line for line in lines if line["category"].lower() not in GIFT_CARDS]


def costs(shop: Shop) -> dict[str, Decimal]:
    """Return what each stock keeping unit costs in the CRM's own currency."""
    found: dict[str, Decimal] = {}
    for article in sorted(
        shop.crm.lines("products"),
        key=lambda one: (not one["archived"], one["createdAt"]),
    ):
        fields = article["properties"]
        if fields.get("hs_sku") and fields.get("hs_cost_of_goods_sold"):
            found[fields["hs_sku"]] = Decimal(fields["hs_cost_of_goods_sold"])
    return found


class Buyers:
    """Everyone who ordered; who is in no segment or age group is in the unknown one."""

    def __init__(
        self,
        visits: Visits,
        customer_of: Callable[[str, str], str],
        segments: dict[str, str] | None = None,
        age_groups: dict[str, str] | None = None,
    ) -> None:
        self.segments = segments or {}
        self.age_groups = age_groups or {}
        shop = visits.shop
        self.shop = shop
        self.today = shop.clock.today
        self.messages = {event["messageId"]: event for event in shop.events}
        self.channels = {
            order.order_id: session.channel
            for session in visits.sessions
            for order in session.orders
        }
        self.found: dict[str, Buyer] = {}
        self.by_order: dict[str, Buyer] = {}
        self.order_margins: dict[str, Decimal | None] = {}
        library = costs(shop)
        for order in sorted(shop.orders.values(), key=lambda one: one.moment):
            name = buyer_of(self.messages[order.identity], customer_of)
            channel = self.channels.get(order.order_id, "unknown")
            buyer = self.found.setdefault(name, Buyer(name, channel))
            buyer.orders.append(order)
            buyer.worth.append((order.day, order.base(order.goods) - order.base(order.discount)))  # fmt: skip
            sold = order.base(order.goods) - order.base(order.discount)
            margin = self._margin(order, library)
            known = margin is not None
            buyer.margins.append((order.day, sold, sold if known else Decimal(0), margin or Decimal(0)))  # fmt: skip
            self.order_margins[order.order_id] = margin
            self.by_order[order.order_id] = buyer
        for refund in shop.refunds:
            if refund.order_id in shop.orders:
                buyer = self.by_order[refund.order_id]
            else:
                buyer = self._named_by(refund, customer_of)
            if buyer:
                buyer.worth.append((refund.day, -refund.base(refund.goods)))
                buyer.unconverted_refunds += refund.rate is None
                if self.order_margins.get(refund.order_id) is not None:
                    buyer.margins.append((refund.day, Decimal(0), Decimal(0), -refund.base(refund.goods)))  # fmt: skip

    def _named_by(
        self, refund: Sale, customer_of: Callable[[str, str], str]
    ) -> Buyer | None:
        """Return the buyer whose account or device a refund without an order names."""
        event = self.messages[refund.identity]
        if not (event.get("userId") or event.get("anonymousId")):
            return None
        return self.found.get(buyer_of(event, customer_of))

    def _margin(self, order: Sale, library: dict[str, Decimal]) -> Decimal | None:
        """Return sales less costs; None where a product's cost or a rate is unknown."""
        event = self.messages[order.identity]
        if order.rate is None or not event["properties"].get("products"):
            return None
        margin = order.base(order.goods) - order.base(order.discount)
        for line in products_of(event):
            cost = library.get(line.get("sku") or "")
            if cost is None:
                return None
            pieces = Decimal(str(line["quantity"]))
            margin -= (cost * pieces).quantize(SIX, ROUND_HALF_UP)
        return margin

    @property
    def resolved_share(self) -> float | None:
        """Return the part of the orders that has a customer."""
        known = sum(len(buyer.orders) for buyer in self.found.values())
        return ratio(known, len(self.shop.orders))

    def kinds(self, buyer: Buyer) -> list[tuple[str, str]]:
        """Return the segment and the age group of a buyer."""
        return [
            ("segment", self.segments.get(buyer.name, "unknown")),
            ("age_group", self.age_groups.get(buyer.name, "unknown")),
        ]

    def _has_account(self, buyer: Buyer) -> bool:
        return any(
            self.messages[order.identity].get("userId") for order in buyer.orders
        )

    def _first_category(self, buyer: Buyer) -> str:
        """Return the category that the first order spent most on."""
        spent: dict[str, Decimal] = defaultdict(Decimal)
        for line in products_of(self.messages[buyer.orders[0].identity]):
            spent[line["category"]] += Decimal(str(line["price"])) * Decimal(str(line["quantity"]))  # fmt: skip
        return min(spent, key=lambda name: (-spent[name], name), default="unknown")

    def scopes(self) -> dict[tuple[str, str], list[Buyer]]:
        """Return the buyers of every scope."""
        found: dict[tuple[str, str], list[Buyer]] = defaultdict(list)
        for buyer in self.found.values():
            found["total", "all"].append(buyer)
            found["country", buyer.orders[0].country].append(buyer)
            found["channel", buyer.channel].append(buyer)
            for scope in self.kinds(buyer):
                found[scope].append(buyer)
            found["first_category", self._first_category(buyer)].append(buyer)
            kind = "account" if self._has_account(buyer) else "guest"
            found["account", kind].append(buyer)
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
            **_margins([buyer.margin() for buyer in found]),
            "placed_order_count": len(buyers.shop.orders),
            "resolved_order_share": buyers.resolved_share,
            "snapshot_date": buyers.today,
        }
    return rows


def _margins(found: list[tuple[Decimal, Decimal, Decimal]]) -> dict[str, object]:
    """Return the columns of margin of so many customers."""
    sales, covered, margin = (sum(column, Decimal(0)) for column in zip(*found, strict=True))  # fmt: skip
    return {
        "sales_amount_base": cents(sales),
        "covered_sales_amount_base": cents(covered),
        "margin_amount_base": cents(margin) if covered else None,
        "margin_coverage_share": ratio(covered, sales),
        "lifetime_margin": float(margin / len(found)) if covered else None,
    }


def kpi_customer_value_cohorts_monthly(buyers: Buyers) -> Rows:
    """Return each cohort's value by the end of each month that is over."""
    rows: Rows = {}
    scopes = buyers.scopes().items()
    for calendar, (scope, found) in product(CALENDARS, scopes):
        cohorts: dict[date, list[Buyer]] = defaultdict(list)
        for buyer in found:
            cohorts[period_of(calendar, buyer.won)[0]].append(buyer)
        for cohort, members in cohorts.items():
            number, before = 0, Decimal(0)
            last = period_of(calendar, cohort)[1]
            while last < buyers.today:
                worth = sum((member.value(last) for member in members), Decimal(0))
                first = period_of(calendar, last)[0]
                active = [one for one in members if any(first <= day <= last for day in one.days)]  # fmt: skip
                rows[(calendar, cohort, number, *scope)] = {
                    "customer_count": len(members),
                    "active_customer_count": len(active),
                    "retention_rate": len(active) / len(members),
                    "month_net_sales_amount_base": cents(worth - before),
                    "net_sales_amount_base": cents(worth),
                    "lifetime_value": float(worth / len(members)),
                    **_margins([member.margin(last) for member in members]),
                    "resolved_order_share": buyers.resolved_share,
                }
                last = period_of(calendar, last + ONE_DAY)[1]
                number, before = number + 1, worth
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
                "resolved_order_share": buyers.resolved_share,
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


def scores(keyed: dict[str, Buyer], last: date) -> Rows:
    """Return the fifths of those who had bought by a day, as things stood on it."""
    days = {key: [day for day in one.days if day <= last] for key, one in keyed.items()}
    keyed = {key: one for key, one in keyed.items() if days[key]}
    recency = {key: (last - days[key][-1]).days for key in keyed}
    worth = {key: one.value(last) for key, one in keyed.items()}
    values = sorted(float(value) for value in worth.values())
    place = 0.99 * (len(values) - 1)
    below, part = int(place), place % 1
    above = min(below + 1, len(values) - 1)
    cap = values[below] + part * (values[above] - values[below])
    capped = {key: min(float(worth[key]), cap) for key in keyed}
    recent = _fifths(sorted(keyed, key=lambda key: (-recency[key], key)))
    often = _fifths(sorted(keyed, key=lambda key: (len(days[key]), key)))
    much = _fifths(sorted(keyed, key=lambda key: (capped[key], key)))
    return {
        (key,): {
            "recency_fifth_number": recent[key],
            "frequency_fifth_number": often[key],
            "monetary_fifth_number": much[key],
            "segment_name": _segment(recent[key], often[key], much[key]),
            "recency_days": recency[key],
            "purchase_count": len(days[key]),
            "net_sales_amount_base": cents(worth[key]),
        }
        for key in keyed
    }


def kpi_rfm(buyers: Buyers, key_of: dict[str, str]) -> Rows:
    """Return the fifths of every buyer, under the warehouse's key."""
    keyed = {key_of[name]: buyer for name, buyer in buyers.found.items()}
    return scores(keyed, buyers.today)


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
