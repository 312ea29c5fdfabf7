"""What the times, reopenings, promises and surveys of the helpdesk must be."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.oracle.comparison import Rows
from tests.oracle.helpdesk import DONE, Helpdesk, Ticket
from tests.oracle.helpdesk_kpis import PLACES, Scope, by_month, created_scopes, scopes
from tests.oracle.periods import median, ratio

AGENTS = (*PLACES, "agent")


def minutes(start: datetime, end: datetime | None) -> float | None:
    """Return calendar minutes."""
    return None if end is None else (end - start).total_seconds() / 60


def waits(
    desk: Helpdesk, ticket: Ticket, statuses: tuple[str, ...]
) -> tuple[float, float]:
    """Return the calendar and the business minutes that a ticket spent in statuses."""
    calendar = business = 0.0
    for start, end, _ in ticket.stretches(desk.clock.as_of):
        if ticket.value("status", start) in statuses:
            calendar += (end - start).total_seconds() / 60
            business += desk.business_minutes(ticket, start, end)
    return calendar, business


def questions(ticket: Ticket) -> list[tuple[datetime, datetime | None, str]]:
    """Return (asked, ended, how) of the customer's questions after the first reply."""
    if not ticket.replies:
        return []
    happened = [(one.at, 0, one.kind) for one in ticket.comments if one.is_public and one.kind != "bot"]  # fmt: skip
    happened += [(at, 1, "solve") for at, value in ticket.history["status"] if value in DONE]  # fmt: skip
    found: list[tuple[datetime, datetime | None, str]] = []
    asked = None
    for at, _, what in sorted(happened, key=lambda one: one[:2]):
        if what == "end_user":
            asked = asked or at
        elif asked:
            found.append((asked, at, "replied" if what == "agent" else "solved"))
            asked = None
    if asked:
        found.append((asked, None, "waiting"))
    return [one for one in found if one[0] > ticket.replies[0].at]


WAITS = {
    "requester_wait": ("new", "open", "hold"),
    "agent_wait": ("pending",),
    "agent_work": ("new", "open"),
    "on_hold": ("hold",),
}


def _times(
    desk: Helpdesk, ticket: Ticket
) -> Iterable[tuple[str, datetime, float | None, float | None]]:
    def spent(start: datetime, end: datetime | None) -> tuple:
        if end is None:
            return None, None
        return minutes(start, end), desk.business_minutes(ticket, start, end)

    created = ticket.created
    replied = ticket.replies[0].at if ticket.replies else None
    yield "first_reply", created, *spent(created, replied)
    for asked, ended, how in questions(ticket):
        yield "next_reply", asked, *spent(asked, ended if how == "replied" else None)
    if not ticket.solves:
        return
    first = ticket.solves[0]
    last = ticket.solves[-1] if ticket.is_solved else None
    yield "first_resolution", first, *spent(created, first)
    yield "full_resolution", first, *spent(created, last)
    for name, statuses in WAITS.items():
        found = waits(desk, ticket, statuses) if ticket.is_solved else (None, None)
        yield name, first, *found


def _prior(row: dict[str, object], names: Iterable[str]) -> dict[str, object]:
    return {f"prior_{name}": row[name] for name in names}


def _averages(pairs: list[tuple[float | None, float | None]]) -> dict[str, object]:
    calendar = [one for one, _ in pairs if one is not None]
    business = [one for _, one in pairs if one is not None]
    return {
        "cohort_count": len(pairs),
        "measured_count": len(calendar),
        "open_ended_count": len(pairs) - len(calendar),
        "open_ended_share": ratio(len(pairs) - len(calendar), len(pairs)),
        "business_measured_count": len(business),
        "average_minutes": sum(calendar) / len(calendar) if calendar else None,
        "median_minutes": median(calendar),
        "average_business_minutes": sum(business) / len(business) if business else None,
        "median_business_minutes": median(business),
    }


def kpi_ticket_times_monthly(desk: Helpdesk) -> Rows:
    """K17 to K21: how long it took."""
    found: dict[tuple, list] = defaultdict(list)
    for ticket in desk.tickets.values():
        for kind, at, calendar, business in _times(desk, ticket):
            if kind == "first_reply":
                places = created_scopes(desk, ticket, AGENTS)
            else:
                places = scopes(desk, ticket, at, AGENTS)
            for scope in places:
                found[kind, scope].append((desk.clock.day(at), (calendar, business)))
    rows: Rows = {}
    for kind, month, (name, scope), pairs, prior in by_month(desk, found):
        before = _averages(prior)
        rows[kind, month.start, name, scope.key] = {
            **scope.named,
            "is_complete": month.is_complete,
            **_averages(pairs),
            **_prior(before, set(before) - {"open_ended_count", "open_ended_share"}),
        }
    return rows


def _cohort(desk: Helpdesk, tickets: list[Ticket]) -> dict[str, object]:
    window = timedelta(days=14)
    mature = [t for t in tickets if desk.clock.as_of - t.solves[0] >= window]
    back = [t for t in mature if t.reopenings and t.reopenings[0] - t.solves[0] < window]  # fmt: skip
    still = [t for t in tickets if t.is_solved]
    touches = [len(t.touches) for t in still]
    hands = {
        f"{name}_station": sum(
            sum(value != "" for _, value in t.history[name]) for t in tickets
        )
        for name in ("assignee", "group")
    }
    hands["commenting_agent"] = sum(len({c.author for c in t.comments if c.kind == "agent"}) for t in tickets)  # fmt: skip
    return {
        "solved_count": len(tickets),
        "reopened_count": sum(bool(t.reopenings) for t in tickets),
        "reopen_count": sum(len(t.reopenings) for t in tickets),
        "mature_count": len(mature),
        "mature_reopened_count": len(back),
        "reopen_rate": ratio(len(back), len(mature)),
        "still_solved_count": len(still),
        "one_touch_count": sum(n == 1 for n in touches),
        "multi_touch_count": sum(n > 1 for n in touches),
        "no_touch_count": sum(n == 0 for n in touches),
        "one_touch_rate": ratio(sum(n == 1 for n in touches), len(still)),
        **{f"{hand}_count": count for hand, count in hands.items()},
        **{f"average_{hand}s": ratio(n, len(tickets)) for hand, n in hands.items()},
    }


def kpi_ticket_reopens_monthly(desk: Helpdesk) -> Rows:
    """K23, K24, K28: reopenings, touches and hands of the tickets solved in a month."""
    cohorts: dict[tuple, list] = defaultdict(list)
    for ticket in desk.tickets.values():
        if ticket.solves:
            day = desk.clock.day(ticket.solves[0])
            for scope in scopes(desk, ticket, ticket.solves[0], (*AGENTS, "brand")):
                cohorts[(scope,)].append((day, ticket))
    compared = (
        *("solved_count", "mature_count", "mature_reopened_count", "reopen_rate"),
        *("still_solved_count", "one_touch_count", "one_touch_rate"),
        *("average_assignee_stations", "average_group_stations"),
        "average_commenting_agents",
    )
    rows: Rows = {}
    for kind, month, (scope,), tickets, prior in by_month(desk, cohorts):
        row = _cohort(desk, tickets)
        is_ripe = row["mature_count"] == row["solved_count"]
        rows[kind, month.start, scope.key] = {
            **scope.named,
            "is_complete": month.is_complete,
            "is_mature": month.is_complete and is_ripe,
            **row,
            **_prior(_cohort(desk, prior), compared),
        }
    return rows


def _attainment(outcomes: list[str]) -> dict[str, object]:
    achieved, breached = outcomes.count("achieved"), outcomes.count("breached")
    return {
        "achieved_count": achieved,
        "breached_count": breached,
        "active_count": outcomes.count("active"),
        "attainment_rate": ratio(achieved, achieved + breached),
    }


def kpi_sla_attainment_monthly(desk: Helpdesk) -> Rows:
    """K25: promises kept."""
    runs: dict[tuple, list[dict]] = defaultdict(list)
    for event in desk.metric_events():
        if str(event["ticket_id"]) in desk.tickets:
            runs[event["ticket_id"], event["metric"], event["instance_id"]].append(event)  # fmt: skip
    found: dict[tuple, list] = defaultdict(list)
    for (ticket_id, metric, instance), events in runs.items():
        applied = sorted((one for one in events if one["type"] == "apply_sla"), key=lambda one: (one["time"], one["id"]))  # fmt: skip
        if not applied:
            continue
        types = {one["type"] for one in events}
        outcome = "breached" if "breach" in types else "achieved" if "fulfill" in types else "active"  # fmt: skip
        if metric == "reply_time":
            metric = "first_reply_time" if instance == 1 else "next_reply_time"
        first, last = (datetime.fromisoformat(one["time"]) for one in (applied[0], applied[-1]))  # fmt: skip
        policy = str(applied[-1]["sla"]["policy"]["id"])
        for scope in scopes(desk, desk.tickets[str(ticket_id)], last, PLACES):
            found[policy, metric, scope].append((desk.clock.day(first), outcome))
    rows: Rows = {}
    for kind, month, (policy, metric, scope), outcomes, prior in by_month(desk, found):
        rows[kind, month.start, policy, metric, scope.key] = {
            "policy_name": desk.policies().get(policy, "unknown"),
            "scope_name": scope.name,
            "is_complete": month.is_complete,
            **_attainment(outcomes),
            **_prior(
                _attainment(prior),
                ("achieved_count", "breached_count", "attainment_rate"),
            ),
        }
    return rows


def _answers(scores: list[str]) -> dict[str, object]:
    good, bad = scores.count("good"), scores.count("bad")
    is_too_few = good + bad < 5
    return {
        "is_too_few": is_too_few,
        "offered_count": len(scores),
        "rated_count": good + bad,
        "good_count": None if is_too_few else good,
        "bad_count": None if is_too_few else bad,
        "satisfaction_rate": None if is_too_few else ratio(good, good + bad),
        "response_rate": ratio(good + bad, len(scores)),
    }


def kpi_satisfaction_monthly(desk: Helpdesk) -> Rows:
    """K26: answers to the survey."""
    surveys: dict[str, list[dict]] = defaultdict(list)
    for rating in desk.ratings():
        surveys[str(rating["ticket_id"])].append(rating)
    found: dict[tuple, list] = defaultdict(list)
    for ticket_id, ratings in surveys.items():
        if ticket_id not in desk.tickets:
            continue
        offered = min(datetime.fromisoformat(one["created_at"]) for one in ratings)
        answers = [one for one in ratings if one["score"] != "offered"] or ratings
        newest = max(answers, key=lambda one: (one["updated_at"], one["id"]))
        places: list[Scope] = scopes(
            desk,
            desk.tickets[ticket_id],
            offered,
            (*AGENTS, "organization"),
            group=str(newest["group_id"]),
            agent=str(newest["assignee_id"]),
        )
        for scope in places:
            score = newest["score"].split("_")[0]
            found[(scope,)].append((desk.clock.day(offered), score))
    rows: Rows = {}
    for kind, month, (scope,), scores, prior in by_month(desk, found):
        rows[kind, month.start, scope.key] = {
            **scope.named,
            "is_complete": month.is_complete,
            **_answers(scores),
            **_prior(
                _answers(prior),
                ("offered_count", "rated_count", "satisfaction_rate", "response_rate"),
            ),
        }
    return rows
