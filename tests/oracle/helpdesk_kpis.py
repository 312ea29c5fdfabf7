"""What the volume, backlog and dwell KPIs of the helpdesk must be."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from tests.oracle.comparison import Rows
from tests.oracle.helpdesk import DONE, Helpdesk, Ticket
from tests.oracle.periods import (
    ONE_DAY,
    comparisons,
    median,
    period_of,
)

Scope = tuple[str, str]


def scopes(
    desk: Helpdesk, ticket: Ticket, at: datetime, group_id: str | None = None
) -> list[Scope]:
    """Return the scopes that a ticket counts for at an instant."""
    group = ticket.value("group", at) if group_id is None else group_id
    priority = ticket.value("priority", at) or "none"
    return [
        ("total", "all"),
        (f"group:zendesk:{group}", desk.group_name(group)),
        (f"priority:{priority}", priority),
        (f"channel:{ticket.channel}", ticket.channel),
    ]


def percentile(values: list[float], share: float) -> float | None:
    """Return an interpolated percentile."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _first_days(desk: Helpdesk) -> dict[Scope, date]:
    """Return since when each scope has had a ticket."""
    found: dict[Scope, date] = {}
    for ticket in desk.tickets.values():
        for start, end, is_current in ticket.stretches(desk.clock.as_of):
            if start == end and not is_current:
                continue
            for scope in scopes(desk, ticket, start):
                day = desk.clock.day(start)
                found[scope] = min(found.get(scope, day), day)
    return found


def _solve_days(desk: Helpdesk) -> Iterable[tuple[str, Ticket, datetime]]:
    for ticket in desk.tickets.values():
        yield "created", ticket, ticket.created
        if ticket.solves:
            yield "first_solved", ticket, ticket.solves[0]
        if ticket.is_solved:
            yield "last_solved", ticket, ticket.solves[-1]


def kpi_tickets(desk: Helpdesk) -> Rows:
    """K14, K27: created and solved."""
    counts: dict[tuple, int] = defaultdict(int)
    for event, ticket, at in _solve_days(desk):
        for key, _ in scopes(desk, ticket, at):
            for kind in ("day", "week", "month"):
                start = period_of(kind, desk.clock.day(at))[0]
                counts[event, kind, start, key] += 1
    rows: Rows = {}
    for (key, name), first in _first_days(desk).items():
        for kind in ("day", "week", "month"):
            for period in comparisons(kind, first, desk.clock.today):
                at = (kind, period.start, key)
                created, last = counts["created", *at], counts["last_solved", *at]
                rows[at] = {
                    "scope_name": name,
                    "period_end_date": period.end,
                    "is_complete": period.is_complete,
                    "created_count": created,
                    "first_solved_count": counts["first_solved", *at],
                    "last_solved_count": last,
                    "net_flow": created - last,
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
    solved: dict[tuple, int] = defaultdict(int)
    for event, ticket, at in _solve_days(desk):
        if event == "last_solved":
            for key, _ in scopes(desk, ticket, at):
                solved[key, desk.clock.day(at)] += 1
    firsts = _first_days(desk)
    ages: dict[tuple, list[tuple[float, float]]] = defaultdict(list)
    for ticket in desk.tickets.values():
        for day, end in _day_ends(desk, desk.clock.day(ticket.created)):
            if ticket.created > end or ticket.value("status", end) in DONE:
                continue
            since = [at for at in ticket.reopenings if at <= end] or [ticket.created]
            age = ((end - ticket.created) / ONE_DAY, (end - since[-1]) / ONE_DAY)
            for key, _ in scopes(desk, ticket, end):
                ages[key, day].append(age)
    rows: Rows = {}
    for (key, name), first in firsts.items():
        for day, _ in _day_ends(desk, first):
            whole = [age for age, _ in ages[key, day]]
            again = [age for _, age in ages[key, day]]
            pace = sum(solved[key, day - n * ONE_DAY] for n in range(14))
            rows[day, key] = {
                "scope_name": name,
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


def kpi_ticket_dwell(desk: Helpdesk) -> Rows:
    """K22: where tickets wait."""
    total: dict[tuple, float] = defaultdict(float)
    business: dict[tuple, float] = defaultdict(float)
    seen, current = defaultdict(set), defaultdict(set)
    for ticket in desk.tickets.values():
        for start, end, is_current in ticket.stretches(desk.clock.as_of):
            status, group = ticket.value("status", start), ticket.value("group", start)
            if status not in DONE:
                at = ("zendesk", status, group)
                total[at] += (end - start).total_seconds() / 60
                business[at] += desk.business_minutes(ticket, start, end)
                seen[at].add(ticket.ticket_id)
                if is_current:
                    current[at].add(ticket.ticket_id)
    ranked = sorted(total, key=lambda at: (-round(total[at], 6), at))
    return {
        at: {
            "group_name": desk.group_name(at[2]),
            "ticket_count": len(seen[at]),
            "current_count": len(current[at]),
            "total_minutes": total[at],
            "total_business_minutes": business[at],
            "average_minutes": total[at] / len(seen[at]),
            "average_business_minutes": business[at] / len(seen[at]),
            "dwell_share": total[at] / sum(total.values()),
            "bottleneck_rank": rank,
        }
        for rank, at in enumerate(ranked, start=1)
    }
