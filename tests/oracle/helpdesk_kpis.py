"""What the volume, backlog and dwell KPIs of the helpdesk must be."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache

from tests.oracle.comparison import Rows
from tests.oracle.helpdesk import DONE, Helpdesk, Ticket
from tests.oracle.periods import (
    ONE_DAY,
    Comparison,
    comparisons,
    growth,
    median,
    period_of,
)

MONTHS = ("month", "jalali_month")
PLACES = ("total", "group", "priority", "channel")


@dataclass(frozen=True)
class Scope:
    """What a ticket counts for."""

    key: str
    name: str
    rep_email: str | None = None

    @property
    def kind(self) -> str:
        """total, group, priority, channel, agent, brand or organization."""
        return self.key.split(":")[0]

    @property
    def named(self) -> dict[str, object]:
        """The columns that name it."""
        return {"scope_name": self.name, "rep_email": self.rep_email}


def scopes(
    desk: Helpdesk,
    ticket: Ticket,
    at: datetime,
    kinds: Iterable[str],
    *,
    group: str | None = None,
    agent: str | None = None,
) -> list[Scope]:
    """Return the scopes of some kinds that a ticket counts for at an instant."""
    group = ticket.value("group", at) if group is None else group
    agent = ticket.value("assignee", at) if agent is None else agent
    priority = ticket.value("priority", at) or "none"
    organization, called = desk.organizations.get(ticket.organization_id, ("none", "no organization"))  # fmt: skip
    found = (
        Scope("total", "all"),
        Scope(f"group:zendesk:{group}", desk.group_name(group)),
        Scope(f"priority:{priority}", priority),
        Scope(f"channel:{ticket.channel}", ticket.channel),
        Scope(f"agent:zendesk:{agent}", *desk.agent(agent)),
        Scope(f"brand:zendesk:{ticket.brand_id}", ticket.brand_id or "no brand"),
        Scope(f"organization:{organization}", called),
    )
    return [scope for scope in found if scope.kind in kinds]


@cache
def _comparison(kind: str, start: date, today: date) -> Comparison:
    return comparisons(kind, start, today)[0]


def by_month(
    desk: Helpdesk, dated: Mapping[tuple, Sequence[tuple[date, object]]]
) -> Iterable[tuple[str, Comparison, tuple, list, list]]:
    """Yield (kind, month, key, what is in it, what is in the days compared with)."""
    for key, items in dated.items():
        for kind in MONTHS:
            for start in sorted({period_of(kind, day)[0] for day, _ in items}):
                month = _comparison(kind, start, desk.clock.today)
                current = [one for day, one in items if month.start <= day <= month.end]
                prior = [one for day, one in items if month.prior_start <= day <= month.prior_end]  # fmt: skip
                yield kind, month, key, current, prior


def percentile(values: list[float], share: float) -> float | None:
    """Return an interpolated percentile."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _first_days(desk: Helpdesk, kinds: tuple[str, ...]) -> dict[Scope, date]:
    """Return since when each scope has had a ticket."""
    found: dict[Scope, date] = {}
    for ticket in desk.tickets.values():
        for start, end, is_current in ticket.stretches(desk.clock.as_of):
            if start == end and not is_current:
                continue
            for scope in scopes(desk, ticket, start, kinds):
                day = desk.clock.day(start)
                found[scope] = min(found.get(scope, day), day)
        # The creation counts for an agent who got the ticket later.
        day = desk.clock.day(ticket.created)
        for scope in created_scopes(desk, ticket, kinds):
            found[scope] = min(found.get(scope, day), day)
    return found


def created_scopes(
    desk: Helpdesk, ticket: Ticket, kinds: tuple[str, ...]
) -> list[Scope]:
    """Return what the creation of a ticket counts for."""
    return scopes(desk, ticket, ticket.created, kinds, agent=ticket.first_agent)


def _counted(
    desk: Helpdesk, kinds: tuple[str, ...]
) -> Iterable[tuple[str, Scope, date]]:
    for ticket in desk.tickets.values():
        for scope in created_scopes(desk, ticket, kinds):
            yield "created", scope, desk.clock.day(ticket.created)
        solves = {"first_solved": ticket.solves[:1], "last_solved": ticket.solves[-1:]}
        for event, moments in solves.items():
            if event == "first_solved" or ticket.is_solved:
                for at in moments:
                    for scope in scopes(desk, ticket, at, kinds):
                        yield event, scope, desk.clock.day(at)


def kpi_tickets(desk: Helpdesk) -> Rows:
    """K14, K27: created and solved."""
    kinds = (*PLACES, "agent", "brand", "organization")
    daily: dict[tuple, int] = defaultdict(int)
    for event, scope, day in _counted(desk, kinds):
        daily[event, scope.key, day] += 1

    def count(event: str, key: str, first: date, last: date) -> int:
        days = ((last - first).days + 1) if last >= first else 0
        return sum(daily.get((event, key, first + n * ONE_DAY), 0) for n in range(days))

    rows: Rows = {}
    for scope, first in _first_days(desk, kinds).items():
        for kind in ("day", "week", "month", "jalali_month"):
            for period in comparisons(kind, first, desk.clock.today):
                row: dict[str, object] = {}
                sums = {}
                for name in ("created", "first_solved", "last_solved"):
                    sums[name] = count(name, scope.key, period.start, period.end)
                    sums[f"prior_{name}"] = count(name, scope.key, period.prior_start, period.prior_end)  # fmt: skip
                if scope.kind == "organization" and not any(sums.values()):
                    continue
                row.update({f"{name}_count": value for name, value in sums.items()})
                rows[kind, period.start, scope.key] = row | {
                    **scope.named,
                    "period_end_date": period.end,
                    "is_complete": period.is_complete,
                    "net_flow": sums["created"] - sums["last_solved"],
                    "prior_net_flow": sums["prior_created"] - sums["prior_last_solved"],
                    "created_growth_rate": growth(
                        sums["created"], sums["prior_created"]
                    ),
                }
    return rows


def _day_ends(desk: Helpdesk, first: date) -> Iterable[tuple[date, datetime]]:
    day = first
    while day <= desk.clock.today:
        end = desk.clock.start_of(day + ONE_DAY) - timedelta(milliseconds=1)
        yield day, min(end, desk.clock.as_of)
        day += ONE_DAY


def kpi_open_tickets_daily(desk: Helpdesk) -> Rows:
    """K15, K16, K27: the backlog of each evening."""
    kinds = (*PLACES, "agent", "organization")
    solved: dict[tuple, int] = defaultdict(int)
    for event, scope, day in _counted(desk, kinds):
        if event == "last_solved":
            solved[scope.key, day] += 1
    ages: dict[tuple, list[tuple[float, float]]] = defaultdict(list)
    for ticket in desk.tickets.values():
        for day, end in _day_ends(desk, desk.clock.day(ticket.created)):
            if ticket.created > end or ticket.value("status", end) in DONE:
                continue
            since = [at for at in ticket.reopenings if at <= end] or [ticket.created]
            age = ((end - ticket.created) / ONE_DAY, (end - since[-1]) / ONE_DAY)
            for scope in scopes(desk, ticket, end, kinds):
                ages[scope.key, day].append(age)
    rows: Rows = {}
    for scope, first in _first_days(desk, kinds).items():
        key = scope.key
        for day, _ in _day_ends(desk, first):
            whole = [age for age, _ in ages[key, day]]
            again = [age for _, age in ages[key, day]]
            if scope.kind == "organization" and not whole:
                continue
            pace = sum(solved[key, day - n * ONE_DAY] for n in range(14))
            rows[day, key] = {
                **scope.named,
                "is_complete": day < desk.clock.today,
                "open_count": len(whole),
                "open_0_to_1_day_count": sum(age < 2 for age in whole),
                "open_2_to_3_day_count": sum(2 <= age < 4 for age in whole),
                "open_4_to_7_day_count": sum(4 <= age < 8 for age in whole),
                "open_8_to_14_day_count": sum(8 <= age < 15 for age in whole),
                "open_15_or_more_day_count": sum(age >= 15 for age in whole),
                "median_age_days": median(whole),
                "p90_age_days": percentile(whole, 0.9),
                "median_reopened_age_days": median(again),
                "p90_reopened_age_days": percentile(again, 0.9),
                "solved_14_days_count": pace,
                "drain_days": len(whole) / (pace / 14) if pace else None,
            }
    return rows


@dataclass
class _Dwell:
    """The minutes in a status and group within a window."""

    total: float = 0
    business: float = 0
    current: float = 0
    seen: set[str] = field(default_factory=set)
    there: set[str] = field(default_factory=set)


def _dwells(desk: Helpdesk, first: datetime, last: datetime) -> dict[tuple, _Dwell]:
    """Return who stayed where from one instant to another."""
    found: dict[tuple, _Dwell] = defaultdict(_Dwell)
    for ticket in desk.tickets.values():
        for start, end, is_current in ticket.stretches(desk.clock.as_of):
            begins, ends = max(start, first), min(end, last)
            status, group = ticket.value("status", start), ticket.value("group", start)
            if status in DONE or begins >= last or ends < begins:
                continue
            if ends == begins and not (begins == start and is_current):
                continue
            one = found["zendesk", status, group]
            length = (ends - begins).total_seconds() / 60
            one.total += length
            one.business += desk.business_minutes(ticket, begins, ends)
            one.seen.add(ticket.ticket_id)
            if is_current and last > desk.clock.as_of:
                one.current += length
                one.there.add(ticket.ticket_id)
    return found


def kpi_ticket_dwell(desk: Helpdesk) -> Rows:
    """K22: where tickets wait."""
    first = min(desk.clock.day(ticket.created) for ticket in desk.tickets.values())
    tomorrow = desk.clock.today + ONE_DAY

    def between(start: date, end: date) -> dict[tuple, _Dwell]:
        # Of two instants of one zone Python subtracts what the clocks read.
        instants = (
            desk.clock.start_of(day).astimezone(UTC) for day in (start, end + ONE_DAY)
        )
        return _dwells(desk, *instants)

    rows = _dwell_rows(desk, ("all", first), between(first, tomorrow), {})
    for row in rows.values():
        row["is_complete"] = False
    for kind in MONTHS:
        for month in comparisons(kind, first, desk.clock.today):
            found = _dwell_rows(
                desk,
                (kind, month.start),
                between(month.start, month.end),
                between(month.prior_start, month.prior_end),
            )
            for row in found.values():
                row["is_complete"] = month.is_complete
            rows |= found
    return rows


def _dwell_rows(
    desk: Helpdesk,
    at: tuple,
    found: dict[tuple, _Dwell],
    prior: dict[tuple, _Dwell],
) -> Rows:
    ranked = sorted(found, key=lambda key: (-round(found[key].total, 6), key))
    rows: Rows = {}
    for rank, key in enumerate(ranked, start=1):
        one, before = found[key], prior.get(key)
        rows[*at, *key] = {
            "group_name": desk.group_name(key[2]),
            "has_current": bool(one.there),
            "ticket_count": len(one.seen),
            "current_count": len(one.there),
            "total_minutes": one.total,
            "current_minutes": one.current,
            "total_business_minutes": one.business,
            "average_minutes": one.total / len(one.seen),
            "average_business_minutes": one.business / len(one.seen),
            "dwell_share": _share(one.total, found),
            "bottleneck_rank": rank,
            "prior_ticket_count": len(before.seen) if before else None,
            "prior_total_minutes": before.total if before else None,
            "prior_average_minutes": before.total / len(before.seen)
            if before
            else None,
            "prior_dwell_share": _share(before.total, prior) if before else None,
        }
    return rows


def _share(minutes: float, found: dict[tuple, _Dwell]) -> float | None:
    whole = sum(one.total for one in found.values())
    return minutes / whole if whole else None
