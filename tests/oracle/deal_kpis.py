"""K91 to K95 and K98: deals created, won and lost, recomputed one period at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal
from tests.oracle.periods import (
    ONE_DAY,
    Comparison,
    business_days,
    cents,
    comparisons,
    first_of_month,
    growth,
    last_of_month,
    median,
    next_month,
    previous_month,
    ratio,
)

PERIOD_TYPES = ("day", "week", "month", "quarter", "year", "jalali_month")
MATURITY_DAYS = 90
WARNING_SHARE = Decimal("0.8")


@dataclass(frozen=True)
class Event:
    """A deal that was created, won or lost on a day, for an owner."""

    kind: str
    day: date
    deal: Deal
    owner: str


def money(deals: Iterable[Deal]) -> Decimal:
    """Return the sum of the deals' amounts in the base currency."""
    return sum((deal.amount_base or Decimal(0) for deal in deals), Decimal(0))


class DealEvents:
    """What happened to deals, by scope."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.today = crm.clock.today
        self.by_scope: dict[str, list[Event]] = {}
        self.future: dict[str, list[Event]] = {}
        for deal in crm.deals:
            created = Event("created", deal.created_date, deal, deal.creator)
            for event in [created, *_closing(deal)]:
                is_future = event.day > self.today
                kept = self.future if is_future else self.by_scope
                for scope in crm.scopes(event.owner):
                    kept.setdefault(scope, []).append(event)

    def between(self, scope: str, kind: str, first: date, last: date) -> list[Deal]:
        """Return the deals of a scope with an event of a kind in some days."""
        return [
            event.deal
            for event in self.by_scope.get(scope, [])
            if event.kind == kind and first <= event.day <= last
        ]

    def first_day(self, scope: str) -> date:
        """Return the day of a scope's first event."""
        return min(event.day for event in self.by_scope[scope])

    def months(self, scope: str) -> list[Comparison]:
        """Return the months of a scope from its first event on."""
        return comparisons("month", self.first_day(scope), self.today)


def _closing(deal: Deal) -> list[Event]:
    if deal.state not in ("won", "lost") or deal.close_date is None:
        return []
    return [Event(deal.state, deal.close_date, deal, deal.closer)]


def kpi_deals(events: DealEvents) -> Rows:
    """K91, K92, K95: every period of every scope against the one before."""
    rows: Rows = {}
    for scope in events.by_scope:
        for period_type in PERIOD_TYPES:
            for period in comparisons(period_type, events.first_day(scope), events.today):  # fmt: skip
                rows[period_type, period.start, scope] = _period(events, scope, period)
    return rows


def _period(events: DealEvents, scope: str, period: Comparison) -> dict:
    def found(kind: str) -> tuple[list[Deal], list[Deal]]:
        return (
            events.between(scope, kind, period.start, period.end),
            events.between(scope, kind, period.prior_start, period.prior_end),
        )

    created, prior_created = found("created")
    won, prior_won = found("won")
    lost, prior_lost = found("lost")
    future = [
        event
        for event in events.future.get(scope, [])
        if event.kind != "created" and period.start <= event.day <= period.end
    ]
    return {
        "period_end_date": period.end,
        "is_complete": period.is_complete,
        "elapsed_day_count": period.elapsed,
        "created_count": len(created),
        **counted("won", won),
        **counted("lost", lost),
        "future_dated_count": len(future),
        "prior_period_start_date": period.prior_start,
        "prior_period_end_date": period.prior_end,
        "prior_created_count": len(prior_created),
        "prior_won_count": len(prior_won),
        "prior_lost_count": len(prior_lost),
        "prior_won_amount_base": money(prior_won),
        "prior_lost_amount_base": money(prior_lost),
        "created_growth_rate": growth(len(created), len(prior_created)),
        "won_growth_rate": growth(len(won), len(prior_won)),
        "lost_growth_rate": growth(len(lost), len(prior_lost)),
        "won_amount_growth_rate": growth(money(won), money(prior_won)),
        "lost_amount_growth_rate": growth(money(lost), money(prior_lost)),
    }


def counted(name: str, deals: list[Deal]) -> dict:
    """Return the count, the value and what is missing in the value."""
    return {
        f"{name}_count": len(deals),
        f"{name}_amount_base": money(deals),
        f"{name}_without_amount_count": sum(deal.amount is None for deal in deals),
        f"{name}_unconverted_count": sum(deal.has_no_rate for deal in deals),
    }


def kpi_lost_deals_monthly(events: DealEvents) -> Rows:
    """K92: lost deals by reason."""
    rows: Rows = {}
    for scope in events.by_scope:
        for month in events.months(scope):
            lost = events.between(scope, "lost", month.start, month.end)
            prior = events.between(scope, "lost", month.prior_start, month.prior_end)
            for reason in {deal.lost_reason for deal in lost + prior}:
                of_reason = [deal for deal in lost if deal.lost_reason == reason]
                rows[month.start, reason, scope] = {
                    "is_complete": month.is_complete,
                    **counted("lost", of_reason),
                    "lost_count_all_reasons": len(lost),
                    "lost_share": ratio(len(of_reason), len(lost)),
                    "prior_lost_count": sum(d.lost_reason == reason for d in prior),
                }
    return rows


def kpi_win_rate_monthly(events: DealEvents) -> Rows:
    """K93: win rate by month of closing, with the early warning."""
    rows: Rows = {}
    for scope in events.by_scope:
        for month in events.months(scope):
            won = events.between(scope, "won", month.start, month.end)
            lost = events.between(scope, "lost", month.start, month.end)
            closed = won + lost
            valued = [deal for deal in closed if deal.amount_base is not None]
            baseline = _baseline(events, scope, month)
            is_low = baseline is not None and len(won) < WARNING_SHARE * baseline
            rows[month.start, scope] = {
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


def _baseline(events: DealEvents, scope: str, month: Comparison) -> Decimal | None:
    """Return the mean won count of the three months before, same elapsed days."""
    total, start = 0, month.start
    for _ in range(3):
        start = previous_month(start)
        last = last_of_month(start)
        if not month.is_complete:
            last = min(last, start + (month.elapsed - 1) * ONE_DAY)
        total += len(events.between(scope, "won", start, last))
    # `start` is now the first of the three months.
    if events.first_day(scope) > last_of_month(start):
        return None
    return Decimal(total) / 3


def kpi_win_rate_cohort_monthly(events: DealEvents) -> Rows:
    """K93, cohort variant: of the deals created in a month, how many are won."""
    rows: Rows = {}
    for scope in events.by_scope:
        for month in events.months(scope):
            cohort = events.between(scope, "created", month.start, month.end)
            if not cohort:
                continue
            won = [deal for deal in cohort if deal.state == "won"]
            lost = [deal for deal in cohort if deal.state == "lost"]
            quick = [d for d in won if (d.close_date - d.created_date).days <= MATURITY_DAYS]  # fmt: skip
            is_mature = events.today > month.end + timedelta(days=MATURITY_DAYS)
            rows[month.start, scope] = {
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
        for month in events.months(scope):
            for state in ("won", "lost"):
                closed = events.between(scope, state, month.start, month.end)
                if closed:
                    rows[month.start, state, scope] = _duration(events.crm, closed)
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


def kpi_region_comparison_monthly(events: DealEvents) -> Rows:
    """K91: each region against the mean of the others."""
    regions = [scope for scope in events.by_scope if scope.startswith("region:")]
    rows: Rows = {}
    for scope in regions:
        for month in events.months(scope):
            present = [r for r in regions if events.first_day(r) <= month.end]
            won = {r: events.between(r, "won", month.start, month.end) for r in present}
            named = [r for r in present if r != "region:unknown"]
            others = [r for r in named if r != scope] if scope in named else []
            rows[month.start, scope.removeprefix("region:")] = {
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


def weeks_of_month(month: date) -> list[tuple[date, date]]:
    """Return the ISO weeks of a month, clipped to it."""
    weeks, start = [], month
    while start < next_month(month):
        end = min(start + timedelta(days=6 - start.weekday()), last_of_month(month))
        weeks.append((start, end))
        start = end + ONE_DAY
    return weeks


def kpi_deals_weekly_of_month(events: DealEvents) -> Rows:
    """K98: weeks of a month beside those of the month before."""
    rows: Rows = {}
    for scope in events.by_scope:
        for month in events.months(scope):
            before = weeks_of_month(previous_month(month.start))
            for number, (start, end) in enumerate(weeks_of_month(month.start), 1):
                if start <= events.today:
                    prior = before[number - 1] if number <= len(before) else None
                    rows[month.start, number, scope] = _week(events, scope, (start, end), prior)  # fmt: skip
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


def kpi_sales_run_rate(events: DealEvents) -> Rows:
    """K102: won value of the month to date and its run rate."""
    crm, today = events.crm, events.today
    month = first_of_month(today)
    scopes = set(events.by_scope) | set(crm.scope_targets("won_amount", month))
    elapsed, total = business_days(month, today), business_days(month, last_of_month(month))  # fmt: skip
    rows: Rows = {}
    for scope in scopes:
        won = events.between(scope, "won", month, today)
        run_rate = cents(money(won) / elapsed * total) if elapsed >= 3 else None
        target = crm.target("won_amount", month, scope)
        rows[month, scope] = {
            "elapsed_business_day_count": elapsed,
            "total_business_day_count": total,
            **counted("won", won),
            "run_rate_amount_base": run_rate,
            "target_amount_base": target,
            "won_to_target_rate": ratio(money(won), target) if target else None,
            "run_rate_to_target_rate": ratio(run_rate, target)
            if target and run_rate is not None
            else None,
        }
    return rows
