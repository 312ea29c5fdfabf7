"""K84, K85, K89, K90: when customers come back and what they buy, one gap at a time."""

import math
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise, product

from tests.oracle.comparison import Rows
from tests.oracle.periods import CALENDARS, ONE_DAY, cents, median, period_of, ratio
from tests.oracle.shop_customers import Buyer, Buyers, products_of, scores

ENOUGH_GAPS = 4
SUPPORT = 30
CANCELLED = {"order cancelled", "order canceled", "cancelled order", "canceled order"}


def gaps_of(buyer: Buyer) -> list[int]:
    """Return the days between a customer's purchases."""
    return [(after - before).days for before, after in pairwise(buyer.days)]


def quantile(values: list[int], part: float) -> float | None:
    """Return the value below which so many are, between two of them linearly."""
    if not values:
        return None
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def curve(
    closed: list[int], still_open: list[int]
) -> list[tuple[int, int, int, float]]:
    """Return (days, at risk, returns, share still waiting) by Kaplan and Meier."""
    found, share = [], 1.0
    for days in sorted(set(closed)):
        at_risk = sum(gap >= days for gap in closed + still_open)
        returns = closed.count(days)
        share *= 1 - returns / at_risk
        found.append((days, at_risk, returns, share))
    return found


def _gaps(buyers: Buyers, found: list[Buyer]) -> tuple[list[int], list[int]]:
    closed = [gap for buyer in found for gap in gaps_of(buyer)]
    return closed, [(buyers.today - buyer.days[-1]).days for buyer in found]


def kpi_purchase_interval_survival(buyers: Buyers) -> Rows:
    """Return the curve of every scope."""
    return {
        (*scope, days): {
            "at_risk_count": at_risk,
            "return_count": returns,
            "waiting_share": share,
        }
        for scope, found in buyers.scopes().items()
        for days, at_risk, returns, share in curve(*_gaps(buyers, found))
    }


def kpi_purchase_interval(buyers: Buyers) -> Rows:
    """Return the gaps of every scope."""
    rows: Rows = {}
    for scope, found in buyers.scopes().items():
        closed, still_open = _gaps(buyers, found)
        half = [row[0] for row in curve(closed, still_open) if row[3] <= 0.5 + 1e-12]
        rows[scope] = {
            "customer_count": len(found),
            "purchase_count": sum(len(buyer.days) for buyer in found),
            "closed_gap_count": len(closed),
            "open_gap_count": len(found),
            "mean_gap_days": ratio(sum(closed), len(closed)),
            "median_gap_days": median(closed),
            "ninetieth_gap_days": quantile(closed, 0.9),
            "survival_median_gap_days": float(half[0]) if half else None,
            "resolved_order_share": buyers.resolved_share,
        }
    return rows


def limit_of(buyer: Buyer, usual: float | None) -> tuple[str, float | None]:
    """Return after how many days a customer is away for longer than usual."""
    own = gaps_of(buyer)
    if len(own) >= ENOUGH_GAPS:
        return "own", quantile(own, 0.9)
    return ("none", None) if usual is None else ("everyone", usual)


def _usual(buyers: Buyers) -> float | None:
    return quantile(
        [gap for buyer in buyers.found.values() for gap in gaps_of(buyer)], 0.9
    )


def kpi_customer_churn(buyers: Buyers) -> Rows:
    """Return who is away for longer than usual."""
    usual, rows = _usual(buyers), {}
    for scope, found in buyers.scopes().items():
        limits = [(buyer, *limit_of(buyer, usual)) for buyer in found]
        judged = [(buyer, limit) for buyer, _, limit in limits if limit is not None]
        gone = [one for one, limit in judged if (buyers.today - one.days[-1]).days > limit]  # fmt: skip
        rows[scope] = {
            "customer_count": len(found),
            "judged_customer_count": len(judged),
            "own_limit_customer_count": sum(kind == "own" for _, kind, _ in limits),
            "churned_customer_count": len(gone),
            "churn_rate": ratio(len(gone), len(judged)),
            "resolved_order_share": buyers.resolved_share,
        }
    return rows


def rhythms(buyers: Buyers, key_of: dict[str, str]) -> Rows:
    """Return the gap columns of every customer, and whether the gap says churned."""
    usual, rows = _usual(buyers), {}
    for name, buyer in buyers.found.items():
        _, limit = limit_of(buyer, usual)
        away = (buyers.today - buyer.days[-1]).days
        rows[(key_of[name],)] = {
            "purchase_count": len(buyer.days),
            "median_gap_days": median(gaps_of(buyer)),
            "open_gap_days": away,
            "limit_days": limit,
            "is_churned": limit is not None and away > limit,
            "first_order_date": buyer.won,
        }
    return rows


def _orders_by_scope(buyers: Buyers) -> dict[tuple, list]:
    """Return the orders of every month and scope, both calendars."""
    found: dict[tuple, list] = defaultdict(list)
    for calendar, order in product(CALENDARS, buyers.shop.orders.values()):
        month = period_of(calendar, order.day)[0]
        channel = buyers.channels.get(order.order_id, "unknown")
        kinds = buyers.kinds(buyers.by_order[order.order_id])
        for scope in (("total", "all"), ("country", order.country), ("channel", channel), *kinds):  # fmt: skip
            found[(calendar, month, *scope)].append(order)
    return found


def kpi_order_cancellations_monthly(buyers: Buyers) -> Rows:
    """Return the part of each month's orders that was cancelled."""
    cancelled = {
        event["properties"]["order_id"]
        for event in buyers.shop.events
        if event["type"] == "track" and event["event"].strip().lower() in CANCELLED
    }
    rows: Rows = {}
    for key, orders in _orders_by_scope(buyers).items():
        gone = sum(order.order_id in cancelled for order in orders)
        rows[key] = {
            "is_complete": period_of(key[0], key[1])[1] < buyers.today,
            "order_count": len(orders),
            "cancelled_order_count": gone,
            "cancellation_rate": gone / len(orders),
        }
    return rows


def kpi_product_mix_monthly(buyers: Buyers) -> Rows:
    """Return what each category sold in each month."""
    rows: Rows = {}
    for key, orders in _orders_by_scope(buyers).items():
        sold: dict[str, Decimal] = defaultdict(Decimal)
        units: dict[str, Decimal] = defaultdict(Decimal)
        for order in orders:
            for line in products_of(buyers.messages[order.identity]):
                pieces = Decimal(str(line["quantity"]))
                units[line["category"]] += pieces
                sold[line["category"]] += order.base(Decimal(str(line["price"])) * pieces)  # fmt: skip
        total = sum(sold.values(), Decimal(0))
        shares = {name: ratio(amount, total) for name, amount in sold.items()}
        entropy = -sum(share * math.log(share) for share in shares.values() if share)
        for name, amount in sold.items():
            rows[(*key, name)] = {
                "unit_count": units[name],
                "gross_sales_amount_base": cents(amount),
                "total_gross_sales_amount_base": cents(total),
                "mix_share": shares[name],
                "mix_entropy": entropy if total else None,
            }
    return rows


def items(buyers: Buyers, key_of: dict[str, str]) -> set[tuple]:
    """Return what each purchase held: (customer, number, kind, item)."""
    found = set()
    for name, buyer in buyers.found.items():
        for order in buyer.orders:
            number = buyer.days.index(order.day) + 1
            for line in products_of(buyers.messages[order.identity]):
                found.add((key_of[name], number, "product", line["sku"]))
                found.add((key_of[name], number, "category", line["category"]))
    return found


def kpi_next_product_affinity(held: set[tuple], buyers: Buyers, key_of: dict) -> Rows:
    """Return what follows what more often than chance."""
    last = {key_of[name]: len(buyer.days) for name, buyer in buyers.found.items()}
    total = sum(last.values()) - len(last)
    earlier = Counter((kind, item) for who, number, kind, item in held if number < last[who])  # fmt: skip
    later = Counter((kind, item) for _, number, kind, item in held if number > 1)
    following: dict[tuple, list[str]] = defaultdict(list)
    for who, number, kind, item in held:
        following[who, number, kind].append(item)
    pairs = Counter(
        (kind, item, after)
        for who, number, kind, item in held
        for after in following.get((who, number + 1, kind), [])
    )
    return {
        (kind, item, after): {
            "transition_count": total,
            "item_count": earlier[kind, item],
            "next_item_count": later[kind, after],
            "support_count": count,
            "confidence_rate": count / earlier[kind, item],
            "affinity_lift": count * total / (earlier[kind, item] * later[kind, after]),
        }
        for (kind, item, after), count in pairs.items()
        if count >= SUPPORT
    }


def kpi_rfm_migration_monthly(
    buyers: Buyers, key_of: dict[str, str], first_day: date
) -> Rows:
    """Return from which segment to which customers went, month by month."""
    keyed = {key_of[name]: buyer for name, buyer in buyers.found.items()}
    rows: Rows = {}
    for calendar in CALENDARS:
        start, end = period_of(calendar, first_day)
        before: dict[tuple, dict] = {}
        while end < buyers.today:
            bought = any(buyer.won <= end for buyer in keyed.values())
            now = scores(keyed, end) if bought else {}
            moves = Counter(
                (
                    str(before[key]["segment_name"]) if key in before else "none",
                    row["segment_name"],
                )
                for key, row in now.items()
            )
            whole = Counter()
            for (origin, _), count in moves.items():
                whole[origin] += count
            for (origin, segment), count in moves.items():
                rows[calendar, start, origin, segment] = {
                    "customer_count": count,
                    "from_customer_count": whole[origin],
                    "migration_share": count / whole[origin],
                }
            before = now
            start, end = period_of(calendar, end + ONE_DAY)
    return rows


def histories(buyers: Buyers, key_of: dict[str, str]) -> Rows:
    """Return x, t_x, T and what came later, up to now and up to the hold-out."""
    first = min(buyer.won for buyer in buyers.found.values())
    held_out = min(365, ((buyers.today - first).days + 1) // 2)
    rows: Rows = {}
    for kind, days in (("whole", 0), ("calibration", held_out)):
        end = buyers.today - timedelta(days=days)
        for name, buyer in buyers.found.items():
            seen = [day for day in buyer.days if day <= end]
            if not seen:
                continue
            worth: dict[date, Decimal] = defaultdict(Decimal)
            for order in buyer.orders:
                if order.rate is not None:
                    worth[order.day] += order.base(order.goods) - order.base(order.discount)  # fmt: skip
            known = [worth[day] for day in seen[1:] if day in worth]
            later = [worth[day] for day in buyer.days if day > end]
            rows[kind, key_of[name]] = {
                "repeat_purchase_count": len(seen) - 1,
                "recency_weeks": (seen[-1] - seen[0]).days / 7,
                "observed_weeks": (end - seen[0]).days / 7,
                "repeat_value_amount_base": sum(known, Decimal(0)),
                "mean_repeat_value": ratio(sum(known, Decimal(0)), len(known)),
                "later_weeks": days / 7,
                "later_purchase_count": len(later),
                "later_value_amount_base": sum(later, Decimal(0)),
                "observed_until_date": end,
            }
    return rows
