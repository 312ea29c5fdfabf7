"""K97, K100 and K101: the pipeline as of a day, its funnel and its dwells."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from tests.oracle.closing_kpis import MATURITY_DAYS
from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal
from tests.oracle.deal_kpis import money
from tests.oracle.periods import (
    CALENDARS,
    median,
    period_of,
    ratio,
)

BUCKETS = ((7, "0-7"), (14, "8-14"), (30, "15-30"), (60, "31-60"), (90, "61-90"))


def open_deals(crm: Crm) -> list[Deal]:
    """Return the deals that are open."""
    return [d for d in crm.deals if d.state == "open" and d.created_date <= crm.clock.today]  # fmt: skip


def place(crm: Crm, deal: Deal) -> tuple[str, str]:
    """Return pipeline and stage in which a deal is now."""
    stage_id = deal.stages[-1].stage_id
    stage = crm.stages.get(stage_id)
    return stage.pipeline_id if stage else deal.pipeline_id, stage_id


def _position(crm: Crm, pipeline_id: str, stage_id: str) -> int | None:
    """Return a stage's place in the funnel; stages that are not listed have none."""
    funnel = crm.funnels.get(pipeline_id, [])
    return funnel.index(stage_id) + 1 if stage_id in funnel else None


def open_values(deals: list[Deal]) -> dict:
    """Return the count, the value and what is missing in the value."""
    return {
        "open_count": len(deals),
        "without_amount_count": sum(deal.amount is None for deal in deals),
        "unconverted_count": sum(deal.has_no_rate for deal in deals),
        "open_amount_base": money(deals),
    }


def kpi_open_deals(crm: Crm) -> Rows:
    """K97: open deals by age and stage."""
    groups: dict[tuple, list[tuple[int, Deal]]] = defaultdict(list)
    for deal in open_deals(crm):
        ages = {
            "deal": crm.clock.today - deal.created_date,
            "stage": crm.clock.today - crm.clock.day(deal.stages[-1].entered),
        }
        for age_type, age in ages.items():
            days = max(age.days, 0)
            bucket = sum(days > limit for limit, _ in BUCKETS) + 1
            for scope in crm.scopes(deal.owner):
                key = (age_type, bucket, "hubspot", *place(crm, deal), scope)
                groups[key].append((days, deal))
    names = [name for _, name in BUCKETS] + ["90+"]
    return {
        key: {
            "age_bucket_name": names[key[1] - 1],
            **open_values([deal for _, deal in aged]),
            "age_days_sum": sum(days for days, _ in aged),
            "median_age_days": median([days for days, _ in aged]),
        }
        for key, aged in groups.items()
    }


def kpi_funnel(crm: Crm) -> Rows:
    """K100, snapshot: open deals by stage."""
    groups: dict[tuple, list[Deal]] = defaultdict(list)
    in_pipeline: dict[tuple, int] = defaultdict(int)
    for deal in open_deals(crm):
        pipeline_id, stage_id = place(crm, deal)
        for scope in crm.scopes(deal.owner):
            groups["hubspot", pipeline_id, stage_id, scope].append(deal)
            in_pipeline[pipeline_id, scope] += 1
    return {
        key: {
            "funnel_position": _position(crm, key[1], key[2]),
            **open_values(deals),
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
        day = crm.clock.day(entry.moment)
        stage_id = crm.funnels[entry.pipeline_id][entry.position - 1]
        for calendar in CALENDARS:
            month = (calendar, period_of(calendar, day)[0])
            for scope in crm.scopes(entry.deal.owner_at(entry.moment)):
                key = (*month, "hubspot", entry.pipeline_id, stage_id, scope)
                cohorts[key].append(entry)
    rows: Rows = {}
    for key, cohort in cohorts.items():
        calendar, month, _, pipeline_id, _, _ = key
        last = len(crm.funnels[pipeline_id])
        position = cohort[0].position
        reached = [furthest[entry.deal.deal_id, pipeline_id] for entry in cohort]
        further = None if position == last else sum(one > position for one in reached)
        won = sum(one == last for one in reached)
        maturity = period_of(calendar, month)[1] + timedelta(days=MATURITY_DAYS)
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
