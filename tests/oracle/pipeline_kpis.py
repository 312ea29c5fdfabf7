"""K97, K100, K101, K103 to K105: the pipeline as of a day and its history."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal, value_at
from tests.oracle.deal_kpis import MATURITY_DAYS, DealEvents, money
from tests.oracle.periods import (
    ONE_DAY,
    cents,
    comparisons,
    first_of_month,
    last_of_month,
    median,
    next_month,
    period_of,
    ratio,
)

BUCKETS = ((7, "0-7"), (14, "8-14"), (30, "15-30"), (60, "31-60"), (90, "61-90"))
MEASURED_MINIMUM = 5


def _open_deals(crm: Crm) -> list[Deal]:
    return [d for d in crm.deals if d.state == "open" and d.created_date <= crm.clock.today]  # fmt: skip


def _place(crm: Crm, deal: Deal) -> tuple[str, str]:
    """Return pipeline and stage in which a deal is now."""
    stage_id = deal.stages[-1].stage_id
    stage = crm.stages.get(stage_id)
    return stage.pipeline_id if stage else deal.pipeline_id, stage_id


def _position(crm: Crm, pipeline_id: str, stage_id: str) -> int | None:
    """Return a stage's place in the funnel; stages that are not listed have none."""
    funnel = crm.funnels.get(pipeline_id, [])
    return funnel.index(stage_id) + 1 if stage_id in funnel else None


def _open_values(deals: list[Deal]) -> dict:
    return {
        "open_count": len(deals),
        "without_amount_count": sum(deal.amount is None for deal in deals),
        "unconverted_count": sum(deal.has_no_rate for deal in deals),
        "open_amount_base": money(deals),
    }


def kpi_open_deals(crm: Crm) -> Rows:
    """K97: open deals by age and stage."""
    groups: dict[tuple, list[tuple[int, Deal]]] = defaultdict(list)
    for deal in _open_deals(crm):
        ages = {
            "deal": crm.clock.today - deal.created_date,
            "stage": crm.clock.today - crm.clock.day(deal.stages[-1].entered),
        }
        for age_type, age in ages.items():
            days = max(age.days, 0)
            bucket = sum(days > limit for limit, _ in BUCKETS) + 1
            for scope in crm.scopes(deal.owner):
                key = (age_type, bucket, "hubspot", *_place(crm, deal), scope)
                groups[key].append((days, deal))
    names = [name for _, name in BUCKETS] + ["90+"]
    return {
        key: {
            "age_bucket_name": names[key[1] - 1],
            **_open_values([deal for _, deal in aged]),
            "age_days_sum": sum(days for days, _ in aged),
            "median_age_days": median([days for days, _ in aged]),
        }
        for key, aged in groups.items()
    }


def kpi_funnel(crm: Crm) -> Rows:
    """K100, snapshot: open deals by stage."""
    groups: dict[tuple, list[Deal]] = defaultdict(list)
    in_pipeline: dict[tuple, int] = defaultdict(int)
    for deal in _open_deals(crm):
        pipeline_id, stage_id = _place(crm, deal)
        for scope in crm.scopes(deal.owner):
            groups["hubspot", pipeline_id, stage_id, scope].append(deal)
            in_pipeline[pipeline_id, scope] += 1
    return {
        key: {
            "funnel_position": _position(crm, key[1], key[2]),
            **_open_values(deals),
            "open_count_share": ratio(len(deals), in_pipeline[key[1], key[3]]),
        }
        for key, deals in groups.items()
    }


@dataclass(frozen=True)
class Entry:
    """A deal's first entry into a funnel stage, real or imputed."""

    deal: Deal
    pipeline_id: str
    position: int
    moment: datetime
    is_imputed: bool


def funnel_entries(crm: Crm) -> list[Entry]:
    """Return when deals first were in each funnel stage or in a later one."""
    entries = []
    for deal in crm.deals:
        reached: dict[str, int] = defaultdict(int)
        for stay in deal.stages:
            stage = crm.stages.get(stay.stage_id)
            if stage is None or stay.entered > crm.clock.as_of:
                continue
            funnel = crm.funnels[stage.pipeline_id]
            if stay.stage_id not in funnel:
                continue
            position = funnel.index(stay.stage_id) + 1
            for passed in range(reached[stage.pipeline_id] + 1, position + 1):
                entries.append(
                    Entry(
                        deal, stage.pipeline_id, passed, stay.entered, passed < position
                    )
                )
            reached[stage.pipeline_id] = max(reached[stage.pipeline_id], position)
    return entries


def kpi_stage_conversion(crm: Crm) -> Rows:
    """K100: of the deals that entered a stage, how many went on."""
    entries = funnel_entries(crm)
    furthest: dict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        key = (entry.deal.deal_id, entry.pipeline_id)
        furthest[key] = max(furthest[key], entry.position)
    cohorts: dict[tuple, list[Entry]] = defaultdict(list)
    for entry in entries:
        month = first_of_month(crm.clock.day(entry.moment))
        stage_id = crm.funnels[entry.pipeline_id][entry.position - 1]
        for scope in crm.scopes(entry.deal.owner_at(entry.moment)):
            cohorts[month, "hubspot", entry.pipeline_id, stage_id, scope].append(entry)
    rows: Rows = {}
    for key, cohort in cohorts.items():
        last = len(crm.funnels[key[2]])
        position = cohort[0].position
        reached = [furthest[entry.deal.deal_id, key[2]] for entry in cohort]
        further = None if position == last else sum(one > position for one in reached)
        won = sum(one == last for one in reached)
        maturity = last_of_month(key[0]) + timedelta(days=MATURITY_DAYS)
        rows[key] = {
            "funnel_position": position,
            "is_won_stage": position == last,
            "is_mature": crm.clock.today > maturity,
            "entered_count": len(cohort),
            "imputed_count": sum(entry.is_imputed for entry in cohort),
            "reached_next_count": further,
            "conversion_rate": None if further is None else ratio(further, len(cohort)),
            "reached_won_count": won,
            "reached_won_rate": ratio(won, len(cohort)),
        }
    return rows


def kpi_stage_dwell(crm: Crm) -> Rows:
    """K101: how long deals stay in each open stage."""
    dwells: dict[tuple, list[tuple[float, bool, Deal]]] = defaultdict(list)
    for deal in crm.deals:
        for stage_id in {stay.stage_id for stay in deal.stages}:
            stage = crm.stages.get(stage_id)
            if stage is None or stage.state != "open":
                continue
            stays = [stay for stay in deal.stages if stay.stage_id == stage_id]
            lengths = [(stay.left or crm.clock.as_of) - stay.entered for stay in stays]
            days = sum(length.total_seconds() for length in lengths) / 86_400
            is_there = stays[-1].left is None
            for scope in crm.scopes(deal.owner_at(stays[-1].entered)):
                dwells[stage.pipeline_id, stage_id, scope].append((days, is_there, deal))  # fmt: skip
    totals = {key: sum(days for days, _, _ in rows) for key, rows in dwells.items()}
    result: Rows = {}
    for (pipeline_id, stage_id, scope), rows in dwells.items():
        siblings = [key for key in totals if key[0] == pipeline_id and key[2] == scope]
        siblings.sort(key=lambda key: (-totals[key], crm.funnels[pipeline_id].index(key[1])))  # fmt: skip
        completed = [days for days, is_there, _ in rows if not is_there]
        won = [days for days, _, deal in rows if deal.state == "won"]
        middle, won_middle = kaplan_meier_median(rows), median(won)
        whole = sum(totals[key] for key in siblings)
        result["hubspot", pipeline_id, stage_id, scope] = {
            "deal_count": len(rows),
            "completed_count": len(completed),
            "censored_count": len(rows) - len(completed),
            "median_dwell_days": middle,
            "average_completed_dwell_days": sum(completed) / len(completed)
            if completed
            else None,
            "won_deal_count": len(won),
            "won_median_dwell_days": won_middle,
            "median_to_won_ratio": middle / won_middle
            if middle is not None and won_middle
            else None,
            "total_dwell_days": totals[pipeline_id, stage_id, scope],
            "dwell_share": totals[pipeline_id, stage_id, scope] / whole
            if whole
            else None,
            "bottleneck_rank": siblings.index((pipeline_id, stage_id, scope)) + 1,
        }
    return result


def kaplan_meier_median(rows: list[tuple[float, bool, Deal]]) -> float | None:
    """Return the least complete dwell at which half of the deals have left."""
    # Exact: a half that is 0.5000000001 would let the median slip to the next dwell.
    survival = Fraction(1)
    for dwell in sorted({days for days, is_there, _ in rows if not is_there}):
        leaving = sum(days == dwell and not is_there for days, is_there, _ in rows)
        at_risk = sum(days >= dwell for days, _, _ in rows)
        survival *= 1 - Fraction(leaving, at_risk)
        if survival <= Fraction(1, 2):
            return dwell
    return None


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


def kpi_pipeline_coverage(crm: Crm, events: DealEvents) -> Rows:
    """K103: weighted pipeline and coverage of what is missing to the target."""
    today = crm.clock.today
    month = first_of_month(today)
    quarter = period_of("quarter", today)
    months = [month, next_month(month), next_month(next_month(month))]
    periods = [("all", today, today)]
    periods += [("month", start, last_of_month(start)) for start in months]
    periods += [("quarter", *quarter), ("quarter", *period_of("quarter", quarter[1] + ONE_DAY))]  # fmt: skip
    measured = measured_rates(crm)
    by_scope: dict[str, list[Deal]] = defaultdict(list)
    for deal in _open_deals(crm):
        for scope in crm.scopes(deal.owner):
            by_scope[scope].append(deal)
    aimed = {month for kind, month in crm.targets if kind == "won_amount"}
    scopes = set(by_scope) | set(events.by_scope)
    scopes |= {
        scope for month in aimed for scope in crm.scope_targets("won_amount", month)
    }
    rows: Rows = {}
    for name, start, end in periods:
        for scope in scopes:
            deals = by_scope[scope]
            if name != "all":
                deals = [d for d in deals if d.close_date and start <= d.close_date <= end]  # fmt: skip
            won = [] if name == "all" else events.between(scope, "won", start, end)
            target = None if name == "all" else _target(crm, scope, start, end)
            if deals or won or target is not None:
                weighted = _weighted(crm, deals, measured)
                rows[name, start, scope] = {
                    "period_end_date": end,
                    **_open_values(deals),
                    "overdue_count": sum(
                        d.close_date is not None and d.close_date < today for d in deals
                    ),
                    **weighted,
                    **_coverage(
                        name, deals, won, target, weighted["weighted_amount_base"]
                    ),
                }
    return rows


def _target(crm: Crm, scope: str, start: date, end: date) -> Decimal | None:
    found, month = [], start
    while month <= end:
        found.append(crm.target("won_amount", month, scope))
        month = next_month(month)
    known = [value for value in found if value is not None]
    return sum(known, Decimal(0)) if known else None


def _weighted(
    crm: Crm, deals: list[Deal], measured: dict[tuple[str, str], Decimal]
) -> dict:
    stated, by_measure, fallbacks = Decimal(0), Decimal(0), 0
    for deal in deals:
        probability = deal.probability or Decimal(0)
        rate = measured.get(_place(crm, deal))
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
    months = comparisons("month", first, clock.today)
    for month in months:
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
                due[month.start, scope].append(_fate(crm, deal, end, month.end))
    complete = {month.start: month.is_complete for month in months}
    return {
        key: {
            "is_complete": complete[key[0]],
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
