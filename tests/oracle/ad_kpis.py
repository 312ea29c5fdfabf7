"""K42 to K46, K48 and K49: advertising, one period at a time."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from hashlib import md5

from tests.oracle.ads import Ads, Figure
from tests.oracle.comparison import Rows
from tests.oracle.periods import (
    ONE_DAY,
    cents,
    first_of_month,
    last_of_month,
    period_of,
    ratio,
)
from tests.oracle.sales_kpis import Sales

FINALITY_DAYS = 28


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
        for period_type in ("day", "week", "month"):
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
            cells[first_of_month(figure.day), "meta_ads", age, gender].append(figure)
    rows: Rows = {}
    for key, figures in cells.items():
        converted = [figure for figure in figures if figure.rate is not None]
        spend = _total(one.base(one.spend) for one in converted)
        value = _total(one.base(one.value) for one in converted)
        impressions = sum(figure.impressions for figure in figures)
        clicks = sum(figure.clicks for figure in figures)
        rows[key] = {
            "is_complete": last_of_month(key[0]) < ads.today,
            "is_provisional": _is_provisional(ads, last_of_month(key[0])),
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
    orders: dict[date, int] = defaultdict(int)
    for vendor, window, day, count in ads.purchases:
        if day <= ads.today:
            for scope in (("total", "all"), ("vendor", vendor)):
                claims[first_of_month(day), *scope].append((window, count))
    for arrival in ads.arrivals:
        month = first_of_month(arrival.day)
        orders[month] += 1
        if arrival.vendor:
            arrivals[month, "total", "all"] += 1
            arrivals[month, "vendor", arrival.vendor] += 1
    rows: Rows = {}
    for key in claims.keys() | arrivals.keys():
        month, claimed = key[0], _total(count for _, count in claims[key])
        rows[key] = {
            "attribution_window_name": ", ".join(
                sorted({window for window, _ in claims[key]})
            )
            or None,
            "is_complete": last_of_month(month) < ads.today,
            "is_provisional": _is_provisional(ads, last_of_month(month)),
            "platform_conversion_count": float(claimed),
            "attributed_order_count": arrivals[key],
            "order_count": orders[month],
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
        for scope in _scopes(figure.vendor, tag):
            spends[first_of_month(figure.day), *scope][line] += figure.spend
    for arrival in ads.arrivals:
        if arrival.vendor:
            for scope in _scopes(arrival.vendor, arrival.campaign or "none"):
                sales[first_of_month(arrival.day), *scope].append(arrival.sales)
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
    start, end = period_of("month", first)
    while start <= ads.today:
        net = sales.net("all", start, min(end, ads.today))
        these = [spend for spend in past if start <= spend.day <= end]
        cost = _total(spend.amount for spend in these)
        by_kind = {
            kind: cents(_total(spend.amount for spend in these if spend.kind == kind))
            for kind in ("ads", "offline", "channel")
        }
        rows[start,] = {
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
        start, end = period_of("month", end + ONE_DAY)
    return rows
