"""K42 to K46, K48 and K49: advertising, one period at a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import md5
from itertools import product

from tests.oracle.ads import Ads, Figure, Spend
from tests.oracle.comparison import Rows
from tests.oracle.periods import (
    ONE_DAY,
    cents,
    period_of,
    ratio,
)
from tests.oracle.sales_kpis import Sales

FINALITY_DAYS = 28
MONTHS = ("month", "jalali_month")


def _is_provisional(ads: Ads, end: date) -> bool:
    return (ads.today - end).days < FINALITY_DAYS


def _total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def kpi_ad_performance(ads: Ads) -> Rows:
    """Return every period of every scope that has figures."""
    names = {md5(key.encode()).hexdigest(): name for key, name in ads.names.items()}
    cells: dict[tuple, list[Figure]] = defaultdict(list)
    for figure in ads.figures:
        if figure.day > ads.today:
            continue
        for period_type in ("day", "week", *MONTHS):
            start, _ = period_of(period_type, figure.day)
            for scope in (
                ("total", "all"),
                ("vendor", figure.vendor),
                ("platform", figure.platform),
                ("campaign", figure.campaign_key),
            ):
                cells[period_type, start, *scope].append(figure)
    return {key: _performance(ads, key, figures, names) for key, figures in cells.items()}  # fmt: skip


def _performance(
    ads: Ads, key: tuple, figures: list[Figure], names: dict[str, str]
) -> dict:
    period_type, start, scope_type, scope = key
    _, end = period_of(period_type, start)
    converted = [figure for figure in figures if figure.rate is not None]
    spend = _total(one.base(one.spend) for one in converted)
    value = _total(one.base(one.value) for one in converted)
    impressions = sum(figure.impressions for figure in figures)
    clicks = sum(figure.clicks for figure in figures)
    currencies = {figure.currency for figure in figures}
    has_claims = scope_type != "total"
    one_currency = len(currencies) == 1
    return {
        "scope_name": names.get(scope, scope),
        "period_end_date": end,
        "is_complete": end < ads.today,
        "is_provisional": _is_provisional(ads, end),
        "currency": currencies.pop() if one_currency else None,
        "attribution_window_name": ", ".join(sorted({one.window for one in figures}))
        if has_claims
        else None,
        "impression_count": impressions,
        "click_count": clicks,
        "unconverted_count": len(figures) - len(converted),
        "spend_amount": cents(_total(one.spend for one in figures))
        if one_currency
        else None,
        "spend_amount_base": cents(spend),
        "click_through_rate": ratio(clicks, impressions),
        "cost_per_click": ratio(spend, sum(one.clicks for one in converted)),
        "cost_per_thousand_impressions": ratio(
            1000 * spend, sum(one.impressions for one in converted)
        ),
        "platform_conversion_count": float(_total(one.conversions for one in figures))
        if has_claims
        else None,
        "platform_conversion_amount_base": cents(value) if has_claims else None,
        "platform_return_on_ad_spend": ratio(value, spend) if has_claims else None,
    }


def kpi_ad_demographics_monthly(ads: Ads) -> Rows:
    """Return what Meta says of each age band and gender, month by month."""
    cells: dict[tuple, list[Figure]] = defaultdict(list)
    for (age, gender), figure in ads.split("age", "gender"):
        if figure.day <= ads.today:
            for kind in MONTHS:
                start, _ = period_of(kind, figure.day)
                cells[kind, start, "meta_ads", age, gender].append(figure)
    rows: Rows = {}
    for key, figures in cells.items():
        converted = [figure for figure in figures if figure.rate is not None]
        spend = _total(one.base(one.spend) for one in converted)
        value = _total(one.base(one.value) for one in converted)
        impressions = sum(figure.impressions for figure in figures)
        clicks = sum(figure.clicks for figure in figures)
        _, end = period_of(*key[:2])
        rows[key] = {
            "is_complete": end < ads.today,
            "is_provisional": _is_provisional(ads, end),
            "impression_count": impressions,
            "click_count": clicks,
            "unconverted_count": len(figures) - len(converted),
            "spend_amount_base": cents(spend),
            "click_through_rate": ratio(clicks, impressions),
            "cost_per_click": ratio(spend, sum(one.clicks for one in converted)),
            "platform_conversion_count": float(
                _total(one.conversions for one in figures)
            ),
            "platform_conversion_amount_base": cents(value),
            "platform_return_on_ad_spend": ratio(value, spend),
        }
    return rows


def kpi_ad_overclaim_monthly(ads: Ads) -> Rows:
    """Return what is claimed per order that came by an ad."""
    claims: dict[tuple, list] = defaultdict(list)
    arrivals: dict[tuple, int] = defaultdict(int)
    orders: dict[tuple, int] = defaultdict(int)
    for vendor, window, day, count in ads.purchases:
        if day <= ads.today:
            for kind, scope in product(MONTHS, (("total", "all"), ("vendor", vendor))):
                claims[kind, period_of(kind, day)[0], *scope].append((window, count))
    for kind, arrival in product(MONTHS, ads.arrivals):
        month = (kind, period_of(kind, arrival.day)[0])
        orders[month] += 1
        if arrival.vendor:
            arrivals[*month, "total", "all"] += 1
            arrivals[*month, "vendor", arrival.vendor] += 1
    rows: Rows = {}
    for key in claims.keys() | arrivals.keys():
        claimed = _total(count for _, count in claims[key])
        _, end = period_of(*key[:2])
        rows[key] = {
            "attribution_window_name": ", ".join(
                sorted({window for window, _ in claims[key]})
            )
            or None,
            "is_complete": end < ads.today,
            "is_provisional": _is_provisional(ads, end),
            "platform_conversion_count": float(claimed),
            "attributed_order_count": arrivals[key],
            "order_count": orders[key[:2]],
            "overclaim_ratio": ratio(claimed, arrivals[key]),
        }
    return rows


def kpi_ad_attributed_roas_monthly(ads: Ads) -> Rows:
    """Return the sales of orders that came by a campaign, per cost of it."""
    spends: dict[tuple, dict[tuple, Decimal]] = defaultdict(lambda: defaultdict(Decimal))  # fmt: skip
    sales: dict[tuple, list[Decimal]] = defaultdict(list)
    for figure in ads.figures:
        tag = ads.utm_campaigns.get((figure.vendor, figure.campaign), "none")
        line = (figure.campaign_key, figure.platform, figure.currency, figure.day)
        for kind, scope in product(MONTHS, _scopes(figure.vendor, tag)):
            start, _ = period_of(kind, figure.day)
            spends[kind, start, *scope][line] += figure.spend
    for arrival in ads.arrivals:
        if arrival.vendor:
            tag = arrival.campaign or "none"
            for kind, scope in product(MONTHS, _scopes(arrival.vendor, tag)):
                start, _ = period_of(kind, arrival.day)
                sales[kind, start, *scope].append(arrival.sales)
    rows: Rows = {}
    for key in spends.keys() | sales.keys():
        cost = _total(
            ads.to_base(amount, currency, day)
            for (_, _, currency, day), amount in spends[key].items()
        )
        rows[key] = {
            "spend_amount_base": cents(cost),
            "attributed_sales_amount_base": cents(_total(sales[key])),
            "attributed_order_count": len(sales[key]),
            "attributed_return_on_ad_spend": ratio(_total(sales[key]), cost),
        }
    return rows


def _scopes(vendor: str, tag: str) -> list[tuple[str, str]]:
    return [("total", "all"), ("vendor", vendor), ("utm_campaign", f"{vendor}/{tag}")]


def kpi_marketing_efficiency_monthly(ads: Ads, sales: Sales) -> Rows:
    """Return net sales per cost of all marketing, month by month."""
    past = [spend for spend in ads.spends if spend.day <= ads.today]
    first = min(sales.first_day("all"), min(spend.day for spend in past))
    rows: Rows = {}
    for kind in MONTHS:
        start, end = period_of(kind, first)
        while start <= ads.today:
            rows[kind, start] = _efficiency(ads, sales, past, start, end)
            start, end = period_of(kind, end + ONE_DAY)
    return rows


def _efficiency(
    ads: Ads, sales: Sales, past: list[Spend], start: date, end: date
) -> dict:
    net = sales.net("all", start, min(end, ads.today))
    these = [spend for spend in past if start <= spend.day <= end]
    cost = _total(spend.amount for spend in these)
    by_kind = {
        kind: cents(_total(spend.amount for spend in these if spend.kind == kind))
        for kind in ("ads", "offline", "channel")
    }
    return {
        "is_complete": end < ads.today,
        "is_provisional": _is_provisional(ads, end),
        "event_dated_net_sales_amount_base": cents(net),
        "ad_spend_amount_base": by_kind["ads"],
        "offline_spend_amount_base": by_kind["offline"],
        "channel_cost_amount_base": by_kind["channel"],
        "marketing_spend_amount_base": cents(cost),
        "committed_spend_amount_base": cents(
            _total(spend.amount for spend in these if spend.is_committed)
        ),
        "marketing_efficiency_ratio": ratio(net, cost),
    }
