"""K93 and K94: win rates and days to close."""

from datetime import timedelta
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal
from tests.oracle.deal_kpis import DealEvents, money
from tests.oracle.periods import (
    ONE_DAY,
    Comparison,
    business_days,
    median,
    period_before,
    period_of,
    ratio,
)

MATURITY_DAYS = 90
WARNING_SHARE = Decimal("0.8")


def kpi_win_rate_monthly(events: DealEvents) -> Rows:
    """K93: win rate by month of closing, with the early warning."""
    rows: Rows = {}
    for scope in events.by_scope:
        for calendar, month in events.months(scope):
            won = events.between(scope, "won", month.start, month.end)
            lost = events.between(scope, "lost", month.start, month.end)
            closed = won + lost
            valued = [deal for deal in closed if deal.amount_base is not None]
            baseline = _baseline(events, scope, calendar, month)
            is_low = baseline is not None and len(won) < WARNING_SHARE * baseline
            rows[calendar, month.start, scope] = {
                "is_complete": month.is_complete,
                "is_too_few_won": is_low,
                "won_count": len(won),
                "lost_count": len(lost),
                "closed_count": len(closed),
                "win_rate": ratio(len(won), len(closed)),
                "closed_with_amount_count": len(valued),
                "amount_coverage_rate": ratio(len(valued), len(closed)),
                "won_amount_base": money(won),
                "lost_amount_base": money(lost),
                "closed_amount_base": money(closed),
                "value_win_rate": ratio(money(won), money(closed))
                if money(closed) > 0
                else None,
                "baseline_won_count_mean": None
                if baseline is None
                else float(baseline),
            }
    return rows


def _baseline(
    events: DealEvents, scope: str, calendar: str, month: Comparison
) -> Decimal | None:
    """Return the mean won count of the three months before, same elapsed days."""
    total, start = 0, month.start
    for _ in range(3):
        start, last = period_before(calendar, start)
        if not month.is_complete:
            last = min(last, start + (month.elapsed - 1) * ONE_DAY)
        total += len(events.between(scope, "won", start, last))
    # `start` is now that of the first of the three months.
    if events.first_day(scope) > period_of(calendar, start)[1]:
        return None
    return Decimal(total) / 3


def kpi_win_rate_cohort_monthly(events: DealEvents) -> Rows:
    """K93, cohort variant: of the deals created in a month, how many are won."""
    rows: Rows = {}
    for scope in events.by_scope:
        for calendar, month in events.months(scope):
            cohort = events.between(scope, "created", month.start, month.end)
            if not cohort:
                continue
            won = [deal for deal in cohort if deal.state == "won"]
            lost = [deal for deal in cohort if deal.state == "lost"]
            quick = [d for d in won if (d.close_date - d.created_date).days <= MATURITY_DAYS]  # fmt: skip
            is_mature = events.today > month.end + timedelta(days=MATURITY_DAYS)
            rows[calendar, month.start, scope] = {
                "is_mature": is_mature,
                "created_count": len(cohort),
                "won_count": len(won),
                "lost_count": len(lost),
                "open_count": len(cohort) - len(won) - len(lost),
                "win_rate": ratio(len(won), len(cohort)),
                "won_in_window_count": len(quick),
                "window_win_rate": ratio(len(quick), len(cohort))
                if is_mature
                else None,
            }
    return rows


def kpi_days_to_close_monthly(events: DealEvents) -> Rows:
    """K94: days from creation to closing."""
    rows: Rows = {}
    for scope in events.by_scope:
        for calendar, month in events.months(scope):
            for state in ("won", "lost"):
                closed = events.between(scope, state, month.start, month.end)
                if closed:
                    rows[calendar, month.start, state, scope] = _duration(
                        events.crm, closed
                    )
    return rows


def _duration(crm: Crm, closed: list[Deal]) -> dict:
    timed = [deal for deal in closed if deal.close_date >= deal.created_date]
    days = [(deal.close_date - deal.created_date).days for deal in timed]
    working = [business_days(d.created_date + ONE_DAY, d.close_date) for d in timed]
    since = [_since_qualified(crm, deal) for deal in timed]
    qualified = [one for one in since if one is not None]
    return {
        "closed_count": len(closed),
        "error_count": len(closed) - len(timed),
        "timed_count": len(timed),
        "days_to_close_sum": sum(days),
        "average_days_to_close": ratio(sum(days), len(timed)),
        "median_days_to_close": median(days),
        "business_days_to_close_sum": sum(working),
        "average_business_days_to_close": ratio(sum(working), len(timed)),
        "qualified_count": len(qualified),
        "qualified_days_to_close_sum": sum(qualified),
        "average_qualified_days_to_close": ratio(sum(qualified), len(qualified)),
        "median_qualified_days_to_close": median(qualified),
    }


def _since_qualified(crm: Crm, deal: Deal) -> int | None:
    """Return the days from the first open stage beyond the first to the close."""
    current = crm.stages.get(deal.stages[-1].stage_id)
    if current is None:
        return None
    funnel = crm.funnels[current.pipeline_id]
    beyond = [stage for stage in funnel[1:] if crm.stages[stage].state == "open"]
    for stay in deal.stages:
        day = crm.clock.day(stay.entered)
        if stay.stage_id in beyond and day <= deal.close_date:
            return (deal.close_date - day).days
    return None
