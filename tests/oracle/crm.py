"""The CRM as its data directory tells it, read plainly and slowly."""

import csv
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

import orjson

from tests.oracle.periods import (
    ONE_DAY,
    Clock,
    business_days,
    cents,
    first_of_month,
    last_of_month,
    next_month,
)

TEAM_REGIONS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "team_regions.csv"
NOBODY = ""


@dataclass(frozen=True)
class Stage:
    """A stage with what the pipeline says about it."""

    pipeline_id: str
    stage_id: str
    order: int
    is_closed: bool
    probability: Decimal

    @property
    def state(self) -> str:
        """open, won, lost, or closed when neither."""
        if not self.is_closed:
            return "open"
        return {Decimal(1): "won", Decimal(0): "lost"}.get(self.probability, "closed")


@dataclass(frozen=True)
class Stay:
    """A deal's time in a stage; `left` is None for the current one."""

    stage_id: str
    entered: datetime
    left: datetime | None


@dataclass
class Deal:
    """A deal that is neither archived nor merged away."""

    deal_id: str
    pipeline_id: str
    stages: list[Stay]
    owners: list[tuple[datetime, str]]
    close_dates: list[tuple[datetime, datetime | None]]
    owner: str
    amount: Decimal | None
    currency: str
    created: datetime
    closed: datetime | None
    close_date: date | None
    state: str
    probability: Decimal | None
    lost_reason: str
    amount_base: Decimal | None = None
    created_date: date = field(default=date.min)

    def owner_at(self, moment: datetime) -> str:
        """Return the owner at an instant, the first known one before the history."""
        return value_at(self.owners, moment, self.owners[0][1] if self.owners else NOBODY)  # fmt: skip

    def stay_at(self, moment: datetime) -> Stay | None:
        """Return the stay in which the deal was at an instant."""
        past = [stay for stay in self.stages if stay.entered <= moment]
        return past[-1] if past else None

    @property
    def creator(self) -> str:
        """The owner at the first stage entry."""
        return self.owner_at(self.stages[0].entered)

    @property
    def closer(self) -> str:
        """The owner at the close, the current one while open."""
        return self.owner_at(self.closed) if self.closed else self.owner

    @property
    def has_no_rate(self) -> bool:
        """Has an amount, but no rate for it."""
        return self.amount is not None and self.amount_base is None


@dataclass(frozen=True)
class Target:
    """What is aimed at, and the business days of the months it was set for."""

    value: Decimal
    days: int


def _share(value: Decimal, month: date, first: date, last: date) -> Decimal:
    """Return the part of a month's target that falls into some days.

    By business days, by days where the month has none. What is due by the end of a day
    is rounded to the cent, so that the parts of a month make its target.
    """
    end = last_of_month(month)
    weight = business_days if business_days(month, end) else _days

    def due(day: date) -> Decimal:
        return cents(value * weight(month, day) / weight(month, end))

    return due(min(last, end)) - due(max(first, month) - ONE_DAY)


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def value_at(changes: list[tuple[datetime, object]], moment: datetime, first: object):
    """Return the newest value at an instant."""
    past = [value for when, value in changes if when <= moment]
    return past[-1] if past else first


def instant(text: str | None) -> datetime | None:
    """Read an ISO instant; empty is none."""
    return datetime.fromisoformat(text) if text else None


def number(text: str | None) -> Decimal | None:
    """Read a number; what is none, is none."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


class Crm:
    """Everything that the KPIs need to know."""

    def __init__(self, folder: Path, clock: Clock, base_currency: str) -> None:
        self.folder = folder
        self.clock = clock
        self.base = base_currency

    def lines(self, name: str) -> list[dict]:
        """Return the objects of a file; a missing file is empty."""
        path = self.folder / "hubspot" / f"{name}.jsonl"
        return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []  # fmt: skip

    def links(self, start: str, end: str) -> dict[str, list[tuple[str, set[int]]]]:
        """Return what is associated with what: (id, association type ids)."""
        return {
            result["from"]["id"]: [
                (to["toObjectId"], {kind["typeId"] for kind in to["associationTypes"]})
                for to in result["to"]
            ]
            for result in self.lines(f"associations_{start}_{end}")
        }

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """The stages that the pipelines list."""
        return {
            stage["id"]: Stage(
                pipeline["id"],
                stage["id"],
                stage["displayOrder"],
                stage["metadata"]["isClosed"] == "true",
                Decimal(stage["metadata"]["probability"]),
            )
            for pipeline in self.lines("pipelines")
            for stage in pipeline["stages"]
        }

    @cached_property
    def funnels(self) -> dict[str, list[str]]:
        """Per pipeline the open stages by display order, then the won stage."""
        found: dict[str, list[str]] = {}
        for pipeline in self.lines("pipelines"):
            stages = [
                s for s in self.stages.values() if s.pipeline_id == pipeline["id"]
            ]
            stages.sort(key=lambda stage: (stage.order, stage.stage_id))
            won = [stage.stage_id for stage in stages if stage.state == "won"]
            found[pipeline["id"]] = [s.stage_id for s in stages if s.state == "open"] + won[:1]  # fmt: skip
        return found

    @cached_property
    def teams(self) -> dict[str, str]:
        """The team of each owner: the primary one."""
        found = {}
        for owner in self.lines("owners"):
            teams = owner.get("teams") or []
            primary = [team["name"] for team in teams if team["primary"]]
            only = [team["name"] for team in teams] if len(teams) == 1 else []
            found[owner["id"]] = (primary or only or ["no team"])[0]
        return found

    @cached_property
    def regions(self) -> dict[str, str]:
        """The region of each team, as the seed says."""
        with TEAM_REGIONS.open(encoding="utf-8") as file:
            return {
                row["team_name"]: row["region_name"] for row in csv.DictReader(file)
            }

    def team(self, owner: str) -> str:
        """Return an owner's team."""
        return self.teams.get(owner, "no team")

    def region(self, owner: str) -> str:
        """Return the region of an owner's team."""
        return self.regions.get(self.team(owner), "unknown")

    def scopes(self, owner: str) -> list[str]:
        """Return the scopes that something of an owner counts in."""
        team, region = self.team(owner), self.region(owner)
        return ["total", f"region:{region}", f"team:{team}", f"rep:{owner}"]

    @cached_property
    def rates(self) -> dict[str, list[tuple[date, Decimal]]]:
        """The rates to the base currency by the day they became effective."""
        found: dict[str, list[tuple[date, Decimal]]] = {}
        for rate in self.lines("currencies"):
            day = self.clock.day(datetime.fromisoformat(rate["effectiveAt"]))
            pair = (day, Decimal(str(rate["conversionRate"])))
            found.setdefault(rate["fromCurrencyCode"], []).append(pair)
        return {currency: sorted(pairs) for currency, pairs in found.items()}

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Return the last rate known on a day, if it is at most seven days old."""
        if currency == self.base:
            return Decimal(1)
        known = [pair for pair in self.rates.get(currency, []) if pair[0] <= day]
        if not known or day - known[-1][0] > timedelta(days=7):
            return None
        return known[-1][1]

    def to_base(
        self, amount: Decimal | None, currency: str, day: date
    ) -> Decimal | None:
        """Convert an amount at the rate of its own day."""
        rate = self.rate(currency, day)
        return None if amount is None or rate is None else cents(amount * rate)

    @cached_property
    def deals(self) -> list[Deal]:
        """The deals that are neither archived nor merged away."""
        return [self._deal(line) for line in self.lines("deals") if not line["archived"]]  # fmt: skip

    def _deal(self, line: dict) -> Deal:
        properties = line["properties"]
        history = {
            name: sorted(
                (datetime.fromisoformat(v["timestamp"]), v["value"]) for v in versions
            )
            for name, versions in line["propertiesWithHistory"].items()
        }
        stage = self.stages.get(properties["dealstage"])
        state = stage.state if stage else _stated(properties)
        stated_close = instant(properties["closedate"])
        stays = _stays(history["dealstage"])
        closed = None if state == "open" else stated_close or stays[-1].entered
        moment = closed if closed is not None else stated_close
        deal = Deal(
            deal_id=line["id"],
            pipeline_id=properties["pipeline"],
            stages=stays,
            owners=history.get("hubspot_owner_id", []),
            close_dates=[
                (when, instant(value)) for when, value in history.get("closedate", [])
            ],
            owner=properties["hubspot_owner_id"] or NOBODY,
            amount=number(properties["amount"]),
            currency=properties["deal_currency_code"] or self.base,
            created=datetime.fromisoformat(properties["createdate"]),
            closed=closed,
            close_date=self.clock.day(moment) if moment else None,
            state=state,
            probability=stage.probability
            if stage
            else number(properties["hs_deal_stage_probability"]),
            lost_reason=(properties["closed_lost_reason"] or "").strip() or "not given",
        )
        deal.created_date = self.clock.day(deal.created)
        is_past = deal.closed is not None and deal.close_date <= self.clock.today
        day = deal.close_date if is_past else self.clock.today
        deal.amount_base = self.to_base(deal.amount, deal.currency, day)
        return deal

    @cached_property
    def targets(self) -> dict[tuple[str, date], dict[str, Decimal]]:
        """Monthly targets as the CRM has them: (kind, month) → scope → value.

        The scope is that of a rep or a team; money is in the base currency.
        """
        found: dict[tuple[str, date], dict[str, Decimal]] = {}
        kinds = {("0-47", "COUNT"): "meetings", ("0-3", "SUM"): "won_amount"}
        names = {team["id"]: team["name"] for team in self.lines("teams")}
        for line in self.lines("goal_targets"):
            goal = line["properties"]
            kind = kinds[goal["hs_kpi_object_type_id"], goal["hs_kpi_metric_type"]]
            month = datetime.fromisoformat(goal["hs_start_datetime"]).date()
            scope = f"rep:{goal['hubspot_owner_id']}"
            if goal["hs_assignee_team_id"]:
                scope = f"team:{names[goal['hs_assignee_team_id']]}"
            values = found.setdefault((kind, month), {})
            values[scope] = values.get(scope, Decimal(0)) + Decimal(goal["hs_target_amount"])  # fmt: skip
        return found

    def targets_in(self, kind: str, first: date, last: date) -> dict[str, "Target"]:
        """Return the targets of all scopes in the days from one to another."""
        found: dict[str, Target] = {}
        month = first_of_month(first)
        while month <= last:
            shares = {
                scope: _share(value, month, first, last)
                for scope, value in self.targets.get((kind, month), {}).items()
            }
            days = business_days(max(first, month), min(last, last_of_month(month)))
            for scope, value in self._of_all_scopes(shares).items():
                before = found.get(scope, Target(Decimal(0), 0))
                found[scope] = Target(before.value + value, before.days + days)
            month = next_month(month)
        return found

    def _of_all_scopes(self, stated: dict[str, Decimal]) -> dict[str, Decimal]:
        """Return the targets of all scopes of a month.

        A team has its own, else the sum of its reps'; regions and the total have the
        sums of their teams'.
        """
        of_reps: dict[str, Decimal] = {}
        for scope, value in stated.items():
            if scope.startswith("rep:"):
                team = f"team:{self.team(scope.removeprefix('rep:'))}"
                of_reps[team] = of_reps.get(team, Decimal(0)) + value
        found = {**of_reps, **stated}
        for scope, value in list(found.items()):
            if scope.startswith("team:"):
                region = self.regions.get(scope.removeprefix("team:"), "unknown")
                for wider in ("total", f"region:{region}"):
                    found[wider] = found.get(wider, Decimal(0)) + value
        return found

    @cached_property
    def survivors(self) -> dict[str, dict[str, str]]:
        """Per object type: former id → id of the record it was merged into."""
        return {
            name: {
                old: line["id"]
                for line in self.lines(name)
                for old in (line["properties"]["hs_merged_object_ids"] or "").split(";")
                if old
            }
            for name in ("contacts", "companies", "deals")
        }

    def linked(self, start: str, end: str) -> dict[str, list[str]]:
        """Return the surviving ids that records are linked to, primary first, by id."""
        survivors, known = self.survivors[end], {line["id"] for line in self.lines(end) if not line["archived"]}  # fmt: skip
        found = {}
        for from_id, targets in self.links(start, end).items():
            ranked = sorted((not kinds & {1, 5}, survivors.get(to, to)) for to, kinds in targets)  # fmt: skip
            found[from_id] = [to for _, to in ranked if to in known]
        return found


def _stated(properties: dict) -> str:
    """Return the state that a deal itself states, for stages that are not listed."""
    if properties["hs_is_closed"] != "true":
        return "open"
    return "won" if properties["hs_is_closed_won"] == "true" else "lost"


def _stays(changes: list[tuple[datetime, str]]) -> list[Stay]:
    """Return the stays; a stage that is set again to itself is one stay."""
    entries: list[tuple[datetime, str]] = []
    for moment, stage_id in changes:
        if not entries or entries[-1][1] != stage_id:
            entries.append((moment, stage_id))
    leaving = [moment for moment, _ in entries[1:]] + [None]
    return [
        Stay(stage_id, moment, left)
        for (moment, stage_id), left in zip(entries, leaving, strict=True)
    ]
