"""K12, K13: what the next months sell, of a company with less than two years of months.

With fewer than 24 whole months no model is fitted: the forecast of a month is the same
month of the year before, which is computed here by hand.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from math import ceil

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal
from tests.oracle.deal_kpis import DealEvents, money
from tests.oracle.periods import (
    CENT,
    cents,
    first_of_month,
    last_of_month,
    next_month,
    ratio,
)
from tests.oracle.sales_kpis import DAILY_SCOPES, Sales

SEASON, HORIZONS, ORIGINS = 12, 6, 12
PRODUCTS, OTHERS = 12, "other products"
Scope = tuple[str, str, str]


@dataclass
class History:
    """The whole months of every measure and scope."""

    months: dict[str, list[date]] = field(default_factory=dict)
    values: dict[Scope, list[Decimal]] = field(default_factory=dict)


def _whole_months(first: date, today: date) -> list[date]:
    month = first if first.day == 1 else next_month(first)
    found = []
    while last_of_month(month) < today:
        found.append(month)
        month = next_month(month)
    return found


def main_products(crm: Crm) -> dict[str, str]:
    """Return the product of the largest line of every deal."""
    lines = {line["id"]: line["properties"] for line in crm.lines("line_items") if not line["archived"]}  # fmt: skip
    found = {}
    items = crm.links("deals", "line_items")
    for deal in crm.deals:
        day = deal.close_date if deal.close_date and deal.close_date <= crm.clock.today else crm.clock.today  # fmt: skip
        ranked = []
        for item_id, _ in items.get(deal.deal_id, []):
            if item_id in lines:
                line = lines[item_id]
                currency = line["hs_line_item_currency_code"] or crm.base
                base = crm.to_base(Decimal(line["amount"]), currency, day)
                ranked.append((base is None, -(base or 0), item_id, line["name"]))
        found[deal.deal_id] = min(ranked)[-1] if ranked else "unknown"
    return found


def history(sales: Sales, events: DealEvents) -> History:
    """Return what was sold and won in every month that is over."""
    found, today = History(), sales.today
    months = _whole_months(sales.first_day("all"), today)
    found.months["net_sales"] = months
    for scope in sales.scopes():
        kind, name = sales.kind(scope)
        # A scope that was only asked for has nothing.
        is_known = sales.orders[scope] or sales.refunds[scope]
        if kind in DAILY_SCOPES and is_known:
            found.values["net_sales", kind, name] = [
                cents(sales.net(scope, month, last_of_month(month))) for month in months
            ]
    _forecast_products(found, sales)
    products = main_products(events.crm)
    every = events.between("total", "won", date.min, today)
    months = _whole_months(min(deal.close_date for deal in every), today)
    won: dict[tuple[str, str], list[Deal]] = defaultdict(list)
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for deal in every:
        worth[products[deal.deal_id]] += money([deal])
    for deal in every:
        won["total", "all"].append(deal)
        name = products[deal.deal_id]
        won["product", name if name in _best(worth) else OTHERS].append(deal)
    for scope in events.by_scope:
        kind, _, name = scope.partition(":")
        if kind in ("team", "region"):
            deals = events.between(scope, "won", date.min, today)
            if deals:
                won[kind, name] = deals
    for measure in ("won_amount", "won_deals"):
        found.months[measure] = months
        for (kind, name), deals in won.items():
            found.values[measure, kind, name] = [
                _worth(
                    measure,
                    [
                        deal
                        for deal in deals
                        if first_of_month(deal.close_date) == month
                    ],
                )
                for month in months
            ]
    return found


def _best(worth: dict[str, Decimal]) -> list[str]:
    return sorted(worth, key=lambda name: (-worth[name], name))[:PRODUCTS]


def _forecast_products(found: History, sales: Sales) -> None:
    """Add the best products of all time, and what the others sell."""
    scopes = {sales.kind(scope)[1]: scope for scope in sales.scopes() if sales.kind(scope)[0] == "product"}  # fmt: skip
    best = _best({name: sales.net(scope, date.min, date.max) for name, scope in scopes.items()})  # fmt: skip
    months, others = found.months["net_sales"], [Decimal(0)] * len(found.months["net_sales"])  # fmt: skip
    for name, scope in scopes.items():
        net = [sales.net(scope, month, last_of_month(month)) for month in months]
        if name in best:
            found.values["net_sales", "product", name] = [cents(each) for each in net]
        else:
            others = [sum(pair, Decimal(0)) for pair in zip(others, net, strict=True)]
    found.values["net_sales", "product", OTHERS] = [cents(each) for each in others]


def _worth(measure: str, deals: list[Deal]) -> Decimal:
    return money(deals) if measure == "won_amount" else Decimal(len(deals))


def _width(values: list[Decimal]) -> float:
    """Return how far eight in ten errors reach, counting the next, and 2/n further."""
    errors = sorted(
        float(abs(now - then))
        for then, now in zip(values, values[SEASON:], strict=False)
    )
    rank = min(len(errors), ceil((len(errors) + 1) * 8 / 10))
    return errors[rank - 1] * (1 + 2 / len(errors))


def _round(amount: float) -> Decimal:
    return Decimal(repr(amount)).quantize(CENT, ROUND_HALF_UP)


def _band(measure: str, values: list[Decimal], horizon: int) -> tuple[Decimal, ...]:
    middle = values[len(values) - SEASON + horizon - 1]
    width = _width(values)
    low, high = _round(float(middle) - width), _round(float(middle) + width)
    return (low if measure == "net_sales" else max(low, Decimal(0))), middle, high


def kpi_sales_forecast(found: History) -> Rows:
    """K12: the next six months; the parts of a dimension add up to the total."""
    rows: Rows = {}
    for measure, months in found.months.items():
        assert SEASON < len(months) < 2 * SEASON, "another method would be served"
        scopes = [scope for scope in found.values if scope[0] == measure]
        month = months[-1]
        for horizon in range(1, HORIZONS + 1):
            month = next_month(month)
            bands = {scope: _band(measure, found.values[scope], horizon) for scope in scopes}  # fmt: skip
            total = bands[measure, "total", "all"][1]
            for kind in {scope[1] for scope in scopes}:
                parts = {scope: bands[scope] for scope in scopes if scope[1] == kind}
                middles = _scaled({scope: band[1] for scope, band in parts.items()}, total)  # fmt: skip
                for scope, band in parts.items():
                    low, middle, high = (value + middles[scope] - band[1] for value in band)  # fmt: skip
                    rows[(*scope, month)] = {
                        "method_type": "seasonal_naive",
                        "horizon_month_count": horizon,
                        "history_month_count": len(months),
                        "origin_month": months[-1],
                        "p10_value_base": low
                        if measure == "net_sales"
                        else max(low, Decimal(0)),
                        "p50_value_base": middle,
                        "p90_value_base": high,
                    }
    return rows


def _scaled(parts: dict[Scope, Decimal], total: Decimal) -> dict[Scope, Decimal]:
    """Return the parts in proportion; the largest, last by name, takes the rest."""
    whole = sum(parts.values(), Decimal(0))
    if whole > 0 and total > 0:
        found = {scope: (part * total / whole).quantize(CENT, ROUND_HALF_EVEN) for scope, part in parts.items()}  # fmt: skip
    else:
        share = (total - whole) / len(parts)
        found = {scope: (part + share).quantize(CENT, ROUND_HALF_EVEN) for scope, part in parts.items()}  # fmt: skip
    largest = max(found, key=lambda scope: (abs(found[scope]), scope[2]))
    found[largest] += total - sum(found.values(), Decimal(0))
    return found


def kpi_sales_forecast_accuracy(found: History) -> Rows:
    """K13: the year before as forecast of each of the last twelve months."""
    scored: dict[tuple, list[dict]] = defaultdict(list)
    for scope, values in found.values.items():
        count = len(values)
        for known in range(max(SEASON + 1, count - ORIGINS), count):
            past = values[:known]
            steps = [float(abs(now - then)) for then, now in zip(past, past[SEASON:], strict=False)]  # fmt: skip
            scale = sum(steps) / len(steps)
            for horizon in range(1, min(HORIZONS, count - known) + 1):
                low, middle, high = _band(scope[0], past, horizon)
                actual = values[known + horizon - 1]
                row = {
                    "error": middle - actual,
                    "actual": actual,
                    "is_covered": low <= actual <= high,
                    "scaled": float(abs(middle - actual)) / scale if scale else None,
                }
                for span in (0, horizon):
                    scored["backtest", "seasonal_naive", *scope, span].append(row)
    return {key: _summary(rows) for key, rows in scored.items()}


def _summary(rows: list[dict]) -> dict:
    errors = sum((abs(row["error"]) for row in rows), Decimal(0))
    bias = sum((row["error"] for row in rows), Decimal(0))
    actual = sum((row["actual"] for row in rows), Decimal(0))
    absolute = sum((abs(row["actual"]) for row in rows), Decimal(0))
    scaled = [row["scaled"] for row in rows if row["scaled"] is not None]
    covered = sum(row["is_covered"] for row in rows)
    return {
        "forecast_count": len(rows),
        "covered_count": covered,
        "absolute_error_value_base": errors,
        "error_value_base": bias,
        "absolute_actual_value_base": absolute,
        "actual_value_base": actual,
        "absolute_error_rate": ratio(errors, absolute),
        "bias_rate": ratio(bias, actual),
        "mean_absolute_scaled_error": sum(scaled) / len(scaled) if scaled else None,
        "coverage_share": covered / len(rows),
    }
