"""K91 by region and K98: deals beside other regions and beside other weeks."""

from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.crm import Deal
from tests.oracle.deal_kpis import DealEvents, counted, money
from tests.oracle.periods import ONE_DAY, period_before, ratio


def kpi_region_comparison_monthly(events: DealEvents) -> Rows:
    """K91: each region against the mean of the others."""
    regions = [scope for scope in events.by_scope if scope.startswith("region:")]
    rows: Rows = {}
    for scope in regions:
        for calendar, month in events.months(scope):
            present = [r for r in regions if events.first_day(r) <= month.end]
            won = {r: events.between(r, "won", month.start, month.end) for r in present}
            named = [r for r in present if r != "region:unknown"]
            others = [r for r in named if r != scope] if scope in named else []
            rows[calendar, month.start, scope.removeprefix("region:")] = {
                "is_complete": month.is_complete,
                **counted("won", won[scope]),
                "other_regions_count": len(others),
                **_against(scope, others, won),
            }
    return rows


def _against(scope: str, others: list[str], won: dict[str, list[Deal]]) -> dict:
    counts = {region: len(deals) for region, deals in won.items()}
    amounts = {region: money(deals) for region, deals in won.items()}
    count_mean = Decimal(sum(counts[r] for r in others)) / len(others) if others else None  # fmt: skip
    amount_mean = None
    if others:
        amount_mean = sum((amounts[r] for r in others), Decimal(0)) / len(others)
        amount_mean = amount_mean.quantize(Decimal("0.000001"))
    all_amounts = sum(amounts.values(), Decimal(0))
    return {
        "other_regions_won_count_mean": None
        if count_mean is None
        else float(count_mean),
        "other_regions_won_amount_base_mean": None
        if amount_mean is None
        else float(amount_mean),
        "won_count_to_others_ratio": ratio(counts[scope], count_mean)
        if count_mean
        else None,
        "won_amount_to_others_ratio": ratio(amounts[scope], amount_mean)
        if amount_mean and amount_mean > 0
        else None,
        "won_count_rank": 1 + sum(counts[r] > counts[scope] for r in others)
        if others
        else None,
        "won_amount_rank": 1 + sum(amounts[r] > amounts[scope] for r in others)
        if others
        else None,
        "won_count_share": ratio(counts[scope], sum(counts.values())),
        "won_amount_share": ratio(amounts[scope], all_amounts)
        if all_amounts > 0
        else None,
    }


def weeks_of_month(first: date, last: date) -> list[tuple[date, date]]:
    """Return the ISO weeks of a month, clipped to it."""
    weeks, start = [], first
    while start <= last:
        end = min(start + timedelta(days=6 - start.weekday()), last)
        weeks.append((start, end))
        start = end + ONE_DAY
    return weeks


def kpi_deals_weekly_of_month(events: DealEvents) -> Rows:
    """K98: weeks of a month beside those of the month before."""
    rows: Rows = {}
    for scope in events.by_scope:
        for calendar, month in events.months(scope):
            before = weeks_of_month(*period_before(calendar, month.start))
            weeks = weeks_of_month(month.start, month.end)
            for number, (start, end) in enumerate(weeks, 1):
                if start <= events.today:
                    prior = before[number - 1] if number <= len(before) else None
                    rows[calendar, month.start, number, scope] = _week(events, scope, (start, end), prior)  # fmt: skip
    return rows


def _week(
    events: DealEvents,
    scope: str,
    week: tuple[date, date],
    prior: tuple[date, date] | None,
) -> dict:
    start, end = week
    elapsed = (min(end, events.today) - start).days + 1
    is_complete = end < events.today
    won = events.between(scope, "won", start, end)
    lost = events.between(scope, "lost", start, end)
    row = {
        "week_start_date": start,
        "week_end_date": end,
        "iso_year_number": start.isocalendar().year,
        "iso_week_number": start.isocalendar().week,
        "is_partial": (end - start).days < 6,
        "is_complete": is_complete,
        "elapsed_day_count": elapsed,
        **counted("won", won),
        "lost_count": len(lost),
        "lost_amount_base": money(lost),
    }
    if prior is None:
        nothing = ("week_start_date", "week_end_date", "day_count", "won_count", "lost_count", "won_amount_base", "lost_amount_base")  # fmt: skip
        return row | {f"prior_{name}": None for name in nothing}
    first, last = prior
    if not is_complete:
        last = min(last, first + (elapsed - 1) * ONE_DAY)
    won = events.between(scope, "won", first, last)
    lost = events.between(scope, "lost", first, last)
    return row | {
        "prior_week_start_date": first,
        "prior_week_end_date": last,
        "prior_day_count": (last - first).days + 1,
        "prior_won_count": len(won),
        "prior_lost_count": len(lost),
        "prior_won_amount_base": money(won),
        "prior_lost_amount_base": money(lost),
    }
