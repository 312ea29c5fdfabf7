"""K102 to K105: run rate, coverage, velocity and slippage."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal, value_at
from tests.oracle.deal_kpis import DealEvents, counted, money
from tests.oracle.periods import (
    CALENDARS,
    ONE_DAY,
    business_days,
    cents,
    comparisons,
    period_of,
    ratio,
)
from tests.oracle.pipeline_kpis import funnel_entries, open_deals, open_values, place

MEASURED_MINIMUM = 5


def kpi_sales_run_rate(events: DealEvents) -> Rows:
    """K102: won value of the month to date and its run rate."""
    crm, today = events.crm, events.today
    rows: Rows = {}
    for calendar in CALENDARS:
        start, end = period_of(calendar, today)
        targets = crm.targets_in("won_amount", start, end)
        elapsed, total = business_days(start, today), business_days(start, end)
        for scope in set(events.by_scope) | set(targets):
            won = events.between(scope, "won", start, today)
            run_rate = cents(money(won) / elapsed * total) if elapsed >= 3 else None
            target = targets[scope].value if scope in targets else None
            rows[calendar, start, scope] = {
                "elapsed_business_day_count": elapsed,
                "total_business_day_count": total,
                **counted("won", won),
                "run_rate_amount_base": run_rate,
                "target_amount_base": target,
                "target_business_day_count": targets[scope].days
                if scope in targets
                else None,
                "won_to_target_rate": ratio(money(won), target) if target else None,
                "run_rate_to_target_rate": ratio(run_rate, target)
                if target and run_rate is not None
                else None,
            }
    return rows


def measured_rates(crm: Crm) -> dict[tuple[str, str], Decimal]:
    """Return, per stage, the part of the closed deals that entered it that is won."""
    closed: dict[tuple[str, str], list[Deal]] = defaultdict(list)
    for entry in funnel_entries(crm):
        if entry.deal.state != "open":
            stage_id = crm.funnels[entry.pipeline_id][entry.position - 1]
            closed[entry.pipeline_id, stage_id].append(entry.deal)
    return {
        key: (Decimal(sum(d.state == "won" for d in deals)) / len(deals)).quantize(
            Decimal("0.000001")
        )
        for key, deals in closed.items()
        if len(deals) >= MEASURED_MINIMUM
    }


def _coverage_periods(today: date) -> list[tuple[str, date, date]]:
    """Return all, and the months and quarters from today's on."""
    periods = [("all", today, today)]
    for name, count in (("month", 3), ("jalali_month", 3), ("quarter", 2)):
        start, end = period_of(name, today)
        for _ in range(count):
            periods.append((name, start, end))
            start, end = period_of(name, end + ONE_DAY)
    return periods


def kpi_pipeline_coverage(crm: Crm, events: DealEvents) -> Rows:
    """K103: weighted pipeline and coverage of what is missing to the target."""
    today = crm.clock.today
    measured = measured_rates(crm)
    by_scope: dict[str, list[Deal]] = defaultdict(list)
    for deal in open_deals(crm):
        for scope in crm.scopes(deal.owner):
            by_scope[scope].append(deal)
    rows: Rows = {}
    for name, start, end in _coverage_periods(today):
        targets = {} if name == "all" else crm.targets_in("won_amount", start, end)
        for scope in set(by_scope) | set(events.by_scope) | set(targets):
            deals = by_scope[scope]
            if name != "all":
                deals = [d for d in deals if d.close_date and start <= d.close_date <= end]  # fmt: skip
            won = [] if name == "all" else events.between(scope, "won", start, end)
            target = targets.get(scope)
            if deals or won or target is not None:
                weighted = _weighted(crm, deals, measured)
                rows[name, start, scope] = {
                    "period_end_date": end,
                    **open_values(deals),
                    "overdue_count": sum(
                        d.close_date is not None and d.close_date < today for d in deals
                    ),
                    **weighted,
                    "total_business_day_count": business_days(start, end)
                    if target
                    else None,
                    "target_business_day_count": target.days if target else None,
                    **_coverage(
                        name,
                        deals,
                        won,
                        target.value if target else None,
                        weighted["weighted_amount_base"],
                    ),
                }
    return rows


def _weighted(
    crm: Crm, deals: list[Deal], measured: dict[tuple[str, str], Decimal]
) -> dict:
    stated, by_measure, fallbacks = Decimal(0), Decimal(0), 0
    for deal in deals:
        probability = deal.probability or Decimal(0)
        rate = measured.get(place(crm, deal))
        fallbacks += rate is None
        amount = deal.amount_base or Decimal(0)
        stated += amount * probability
        by_measure += amount * (probability if rate is None else rate)
    return {
        "without_probability_count": sum(deal.probability is None for deal in deals),
        "measured_fallback_count": fallbacks,
        "weighted_amount_base": cents(stated),
        "measured_weighted_amount_base": cents(by_measure),
    }


def _coverage(
    name: str,
    deals: list[Deal],
    won: list[Deal],
    target: Decimal | None,
    weighted: Decimal,
) -> dict:
    remaining = None if target is None else target - money(won)
    is_missing = remaining is not None and remaining > 0
    return {
        "is_target_met": remaining is not None and remaining <= 0,
        "won_amount_base": None if name == "all" else money(won),
        "target_amount_base": target,
        "remaining_amount_base": remaining,
        "coverage_ratio": ratio(money(deals), remaining) if is_missing else None,
        "weighted_coverage_ratio": ratio(weighted, remaining) if is_missing else None,
    }


def kpi_sales_velocity(events: DealEvents) -> Rows:
    """K104: won value per day that the pipeline of the last twelve months gives."""
    today = events.today
    start = today.replace(year=today.year - 1) + ONE_DAY
    rows: Rows = {}
    for scope in events.by_scope:
        created = events.between(scope, "created", start, today)
        won = events.between(scope, "won", start, today)
        lost = events.between(scope, "lost", start, today)
        if not created + won + lost:
            continue
        valued = [deal for deal in won if deal.amount_base is not None]
        timed = [deal for deal in won if deal.close_date >= deal.created_date]
        days = sum((deal.close_date - deal.created_date).days for deal in timed)
        velocity = None
        if valued and timed and days:
            win_rate = Decimal(len(won)) / (len(won) + len(lost))
            velocity = len(created) * (money(won) / len(valued)) * win_rate
            velocity = cents(velocity / (Decimal(days) / len(timed)))
        rows[(scope,)] = {
            "window_start_date": start,
            "opportunity_count": len(created),
            "won_count": len(won),
            "lost_count": len(lost),
            "won_with_amount_count": len(valued),
            "won_amount_base": money(won),
            "average_won_amount_base": cents(money(won) / len(valued))
            if valued
            else None,
            "win_rate": ratio(len(won), len(won) + len(lost)),
            "timed_won_count": len(timed),
            "days_to_close_sum": days,
            "average_days_to_close": ratio(days, len(timed)),
            "daily_velocity_amount_base": velocity,
        }
    return rows


def kpi_slippage_monthly(crm: Crm) -> Rows:
    """K105: deals due in a month whose close date was moved out of it."""
    clock = crm.clock
    due: dict[tuple, list[str]] = defaultdict(list)
    first = min(deal.created_date for deal in crm.deals)
    months = [
        (calendar, month)
        for calendar in CALENDARS
        for month in comparisons(calendar, first, clock.today)
    ]
    for calendar, month in months:
        start = clock.start_of(month.start)
        end = min(clock.start_of(month.end + ONE_DAY), clock.as_of)
        for deal in crm.deals:
            stay = deal.stay_at(start)
            if deal.created > start or stay is None or _state(crm, stay.stage_id) != "open":  # fmt: skip
                continue
            expected = value_at(deal.close_dates, start, None)
            if expected is None or not month.start <= clock.day(expected) <= month.end:
                continue
            for scope in crm.scopes(deal.owner_at(start)):
                due[calendar, month.start, scope].append(
                    _fate(crm, deal, end, month.end)
                )
    complete = {(name, month.start): month.is_complete for name, month in months}
    return {
        key: {
            "is_complete": complete[key[:2]],
            "due_count": len(fates),
            "slipped_count": fates.count("slipped"),
            "won_count": fates.count("won"),
            "lost_count": fates.count("lost"),
            "still_open_count": fates.count("open"),
            "slippage_rate": ratio(fates.count("slipped"), len(fates)),
        }
        for key, fates in due.items()
    }


def _state(crm: Crm, stage_id: str) -> str:
    stage = crm.stages.get(stage_id)
    return stage.state if stage else "unknown"


def _fate(crm: Crm, deal: Deal, end: datetime, last_day: date) -> str:
    close = value_at(deal.close_dates, end, None)
    if close is None or crm.clock.day(close) > last_day:
        return "slipped"
    stay = deal.stay_at(end)
    state = _state(crm, stay.stage_id) if stay else "open"
    return state if state in ("won", "lost") else "open"
