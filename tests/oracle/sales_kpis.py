"""K1 to K4, K6, K38, K39 and K41: sales of the shop, one period at a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import jdatetime

from tests.oracle.comparison import Rows
from tests.oracle.periods import (
    ONE_DAY,
    Comparison,
    cents,
    comparisons,
    growth,
    period_of,
)
from tests.oracle.shop import Sale, Shop

PERIOD_TYPES = ("day", "week", "month", "quarter", "year", "jalali_month", "jalali_year")  # fmt: skip
FINALITY_DAYS = 90
# Days and weeks are kept for these; tax and shipping are known for all but products.
DAILY_SCOPES = ("total", "country", "region", "product_category")
LINE_SCOPES = ("product_category", "product", "product_manager", "department")


Slices = dict[tuple[str, str], tuple[list[Sale], list[Sale]]]


class Sales:
    """Orders and refunds by scope; slices are scopes beside total and country."""

    def __init__(self, shop: Shop, slices: Slices | None = None) -> None:
        self.shop = shop
        self.today = shop.clock.today
        self.orders: dict[str, list[Sale]] = defaultdict(list)
        self.refunds: dict[str, list[Sale]] = defaultdict(list)
        for order in shop.orders.values():
            for scope in ("all", order.country):
                self.orders[scope].append(order)
        for refund in shop.refunds:
            for scope in ("all", refund.country):
                self.refunds[scope].append(refund)
        self.kinds: dict[str, tuple[str, str]] = {}
        for kind, (orders, refunds) in (slices or {}).items():
            scope = ":".join(kind)
            self.kinds[scope] = kind
            self.orders[scope], self.refunds[scope] = orders, refunds

    def kind(self, scope: str) -> tuple[str, str]:
        """Return the scope's type and name."""
        return self.kinds.get(scope, ("total" if scope == "all" else "country", scope))

    def scopes(self) -> set[str]:
        """Return the scopes with an order or a refund."""
        # Who looks a scope up leaves an empty one behind.
        known = [*self.orders, *self.refunds]
        return {scope for scope in known if self.orders[scope] or self.refunds[scope]}

    def first_day(self, scope: str) -> date:
        """Return the day of a scope's first order or refund."""
        return min(sale.day for sale in self.orders[scope] + self.refunds[scope])

    def sold(self, scope: str, first: date, last: date) -> list[Sale]:
        """Return the orders of some days."""
        return [order for order in self.orders[scope] if first <= order.day <= last]

    def returned(self, scope: str, first: date, last: date) -> list[Sale]:
        """Return the refunds of some days."""
        return [refund for refund in self.refunds[scope] if first <= refund.day <= last]

    def net(self, scope: str, first: date, last: date) -> Decimal:
        """Return the event-dated net sales of some days, unrounded."""
        sold = self.sold(scope, first, last)
        returned = self.returned(scope, first, last)
        return goods(sold) - discounts(sold) - goods(returned)


def goods(sales: Iterable[Sale]) -> Decimal:
    """Return the value of the goods."""
    return sum((sale.base(sale.goods) for sale in sales), Decimal(0))


def discounts(sales: Iterable[Sale]) -> Decimal:
    """Return the discounts."""
    return sum((sale.base(sale.discount) for sale in sales), Decimal(0))


def totals(sales: Iterable[Sale]) -> Decimal:
    """Return what was paid or paid back."""
    return sum((sale.base(sale.total) for sale in sales), Decimal(0))


def units(sales: Iterable[Sale]) -> Decimal:
    """Return the pieces, where they are known."""
    return sum((sale.units or Decimal(0) for sale in sales), Decimal(0))


def year_before(period_type: str, period: Comparison) -> tuple[date, date]:
    """Return the days of the same period one year before, as many as have elapsed."""
    if period_type in ("day", "week"):
        start, end = (day - timedelta(weeks=52) for day in (period.start, period.end))
    elif period_type.startswith("jalali"):
        jalali = jdatetime.date.fromgregorian(date=period.start)
        start = jdatetime.date(jalali.year - 1, jalali.month, 1).togregorian()
        start, end = period_of(period_type, start)
    else:
        start, end = period_of(period_type, period.start.replace(year=period.start.year - 1))  # fmt: skip
    if not period.is_complete:
        end = min(end, start + (period.elapsed - 1) * ONE_DAY)
    return start, end


def kpi_sales(sales: Sales) -> Rows:
    """Return every period of every scope from its first event on."""
    rows: Rows = {}
    for scope in sales.scopes():
        scope_type, scope_name = sales.kind(scope)
        for period_type in PERIOD_TYPES:
            if period_type in ("day", "week") and scope_type not in DAILY_SCOPES:
                continue
            for period in comparisons(period_type, sales.first_day(scope), sales.today):
                key = (period_type, period.start, scope_type, scope_name)
                then = year_before(period_type, period)
                rows[key] = {
                    **_now(sales, scope, period),
                    **_then(
                        sales,
                        scope,
                        period,
                        (period.prior_start, period.prior_end),
                        "prior",
                    ),
                    **_then(sales, scope, period, then, "prior_year"),
                }
    return rows


def _now(sales: Sales, scope: str, period: Comparison) -> dict:
    sold = sales.sold(scope, period.start, period.end)
    returned = sales.returned(scope, period.start, period.end)
    orders = sales.shop.orders
    # A refund can be of another product than its order's, where it names none.
    numbers = {order.order_id for order in sales.sold("all", period.start, period.end)}
    of_these = [refund for refund in sales.refunds[scope] if refund.order_id in numbers]
    unlinked = [refund for refund in returned if refund.order_id not in orders]
    converted = [order for order in sold if order.rate is not None]
    lined = [order for order in sold if order.units is not None]
    gross, discount, back = goods(sold), discounts(sold), goods(returned)
    return {
        "period_end_date": period.end,
        "is_complete": period.is_complete,
        "is_provisional": (sales.today - period.end).days < FINALITY_DAYS,
        "day_count": (period.end - period.start).days + 1,
        "elapsed_day_count": period.elapsed,
        "gross_sales_amount_base": cents(gross),
        "discount_amount_base": cents(discount),
        "event_dated_returns_amount_base": cents(back),
        "order_dated_returns_amount_base": cents(goods(of_these)),
        "unlinked_returns_amount_base": cents(goods(unlinked)),
        "event_dated_net_sales_amount_base": cents(gross - discount - back),
        "order_dated_net_sales_amount_base": cents(gross - discount - goods(of_these)),
        "total_sales_amount_base": None
        if sales.kind(scope)[0] in LINE_SCOPES
        else cents(totals(sold) - totals(returned)),
        "order_count": len(sold),
        "refund_count": len(returned),
        "order_without_lines_count": len(sold) - len(lined),
        "unconverted_count": sum(sale.rate is None for sale in sold + returned),
        "unconverted_order_count": len(sold) - len(converted),
        "unit_count": units(sold),
        "returned_unit_count": units(returned),
        "order_dated_returned_unit_count": units(of_these),
        "average_order_value": float((gross - discount - back) / len(converted))
        if converted
        else None,
        "units_per_order": float(units(sold) / len(lined)) if lined else None,
        "return_rate": float(units(of_these) / units(sold)) if units(sold) else None,
    }


def _then(
    sales: Sales, scope: str, period: Comparison, days: tuple[date, date], name: str
) -> dict:
    """Return an earlier period and the growth since, from sums not rounded yet."""
    first, last = days
    found = {f"{name}_start_date": first, f"{name}_end_date": last}
    measures = ("gross_sales", "net_sales", "order")
    if last < sales.first_day(scope):
        amounts = (f"{name}_gross_sales_amount_base", f"{name}_net_sales_amount_base", f"{name}_order_count")  # fmt: skip
        rates = [f"{name}_{measure}_growth_rate" for measure in measures]
        return found | dict.fromkeys((*amounts, *rates))
    sold = sales.sold(scope, first, last)
    now = sales.sold(scope, period.start, period.end)
    net = sales.net(scope, first, last)
    net_now = sales.net(scope, period.start, period.end)
    return found | {
        f"{name}_gross_sales_amount_base": cents(goods(sold)),
        f"{name}_net_sales_amount_base": cents(net),
        f"{name}_order_count": len(sold),
        f"{name}_gross_sales_growth_rate": growth(goods(now), goods(sold)),
        f"{name}_net_sales_growth_rate": growth(net_now, net),
        f"{name}_order_growth_rate": growth(len(now), len(sold)),
    }


def kpi_sales_hourly(sales: Sales) -> Rows:
    """Return the sales per wall-clock hour and country."""
    sold: dict[tuple, list[Sale]] = defaultdict(list)
    returned: dict[tuple, list[Sale]] = defaultdict(list)
    for order in sales.orders["all"]:
        sold[order.day, order.hour, order.country].append(order)
    for refund in sales.refunds["all"]:
        returned[refund.day, refund.hour, refund.country].append(refund)
    return {key: _hour(sold[key], returned[key]) for key in list(sold) + list(returned)}


def _hour(sold: list[Sale], returned: list[Sale]) -> dict:
    gross, discount, back = goods(sold), discounts(sold), goods(returned)
    return {
        "gross_sales_amount_base": cents(gross),
        "discount_amount_base": cents(discount),
        "event_dated_returns_amount_base": cents(back),
        "event_dated_net_sales_amount_base": cents(gross - discount - back),
        "order_count": len(sold),
        "refund_count": len(returned),
        "unconverted_count": sum(sale.rate is None for sale in sold + returned),
        "unit_count": units(sold),
        "returned_unit_count": units(returned),
    }
