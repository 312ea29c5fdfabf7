"""What Zendesk computes from a ticket's history: its metric set and metric events."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ingestion.sandbox.generator.zendesk.desk import iso
from ingestion.sandbox.generator.zendesk.life import Life
from ingestion.sandbox.generator.zendesk.targets import Policy, Target
from ingestion.sandbox.generator.zendesk.working_hours import (
    MINUTE,
    AlwaysOpen,
    second,
)

NOW = second("2026-11-18T20:00:00+00:00")
_WORKING = {
    "requester_wait_time": ("new", "open", "hold"),
    "agent_work_time": ("new", "open"),
    "resolution_time": ("new", "open", "pending", "hold"),
}
_DONE = ("solved", "closed")


def metric_set(life: Life) -> dict[str, Any]:
    """Return the metric set as of now."""
    replies = life.agents_comments()
    solves = _solves(life)
    first_reply = replies[0].at if replies else None
    by_agents = [one.at for one in life.comments if one.kind == "agent"]
    by_customer = [one.at for one in life.comments if one.kind == "end_user"]
    first, last = (solves[0], solves[-1]) if solves else (None, None)
    is_solved = life.is_solved()
    return {
        "id": 5_527_084_000_000 + life.ticket_id,
        "ticket_id": life.ticket_id,
        "reopens": _reopens(life),
        "replies": len(replies),
        "group_stations": len(life.groups),
        "assignee_stations": len(life.assignments),
        "initially_assigned_at": iso(life.assignments[0][0])
        if life.assignments
        else None,
        "assigned_at": iso(life.assignments[-1][0]) if life.assignments else None,
        "assignee_updated_at": iso(by_agents[-1]) if by_agents else None,
        "requester_updated_at": iso(by_customer[-1]) if by_customer else None,
        "status_updated_at": iso(life.statuses[-1][0]),
        "latest_comment_added_at": iso(life.comments[-1].at),
        # Taken back when the ticket is reopened.
        "solved_at": iso(last) if is_solved else None,
        "reply_time_in_minutes": _minutes(life, _first_wait(life), first_reply),
        "first_resolution_time_in_minutes": _minutes(life, life.created, first),
        "full_resolution_time_in_minutes": _minutes(
            life, life.created, last if is_solved else None
        ),
        "agent_wait_time_in_minutes": _in_status(life, ("pending",)),
        "requester_wait_time_in_minutes": _in_status(life, ("new", "open", "hold")),
        "on_hold_time_in_minutes": _in_status(life, ("hold",)),
        "created_at": iso(life.created),
        "updated_at": iso(life.audits[-1][0]),
    }


def _first_wait(life: Life) -> int:
    """Return when somebody began to wait for the first reply."""
    if not life.is_first_agents:
        return life.created
    asked = [one.at for one in life.comments if one.kind == "end_user"]
    return asked[0] if asked else life.created


def _solves(life: Life) -> list[int]:
    found, before = [], ""
    for at, status in life.statuses:
        if status in _DONE and before not in _DONE:
            found.append(at)
        before = status
    return found


def _reopens(life: Life) -> int:
    statuses = [status for _, status in life.statuses]
    return sum(
        before == "solved" and after not in _DONE
        for before, after in pairwise(statuses)
    )


def _minutes(life: Life, start: int, end: int | None) -> dict[str, int | None]:
    if end is None or end < start:
        return {"calendar": None, "business": None}
    return {
        "calendar": (end - start) // MINUTE,
        "business": life.schedule.seconds_between(start, end) // MINUTE,
    }


def _in_status(life: Life, wanted: tuple[str, ...]) -> dict[str, int]:
    calendar = business = 0
    ends = [at for at, _ in life.statuses[1:]] + [NOW]
    for (start, status), end in zip(life.statuses, ends, strict=True):
        if status in wanted:
            calendar += end - start
            business += life.schedule.seconds_between(start, end)
    return {"calendar": calendar // MINUTE, "business": business // MINUTE}


@dataclass
class _Run:
    """One run of a timer: the stretches in which it ran, and whether it ended."""

    instance: int
    stretches: list[tuple[int, int | None]]
    end: int | None


def metric_events(life: Life) -> Iterator[dict[str, Any]]:
    """Yield the metric events of a ticket, in order, without ids."""
    found = []
    metrics = ["reply_time", "requester_wait_time", "resolution_time"]
    if life.policy and life.policy.target("agent_work_time", is_first=True):
        metrics.append("agent_work_time")
    for order, metric in enumerate(metrics):
        runs = _replies(life) if metric == "reply_time" else _runs(life, metric)
        for run in runs:
            for step, event in enumerate(_events(life, metric, run)):
                found.append((event["at"], order, run.instance, step, event))
    for *_, event in sorted(found, key=lambda entry: entry[:4]):
        yield event


def _replies(life: Life) -> list[_Run]:
    """Return the runs of the reply timer: from a customer's word to an agent's."""
    moments: list[tuple[int, int, str]] = [
        (one.at, 0, one.kind) for one in life.comments if one.public
    ]
    if life.is_first_agents:
        # An agent wrote the description: nobody waits for an answer to it.
        moments = moments[1:]
    moments += [(at, 1, "done") for at, status in life.statuses if status in _DONE]
    runs: list[_Run] = []
    since: int | None = None
    for at, _, what in sorted(moments):
        if what == "end_user" and since is None:
            since = at
        elif what in ("agent", "done") and since is not None:
            runs.append(_Run(len(runs) + 1, [(since, at)], at))
            since = None
    if since is not None:
        runs.append(_Run(len(runs) + 1, [(since, None)], None))
    return runs


def _runs(life: Life, metric: str) -> list[_Run]:
    """Return the runs of a timer that follows the status; a reopening is a new one."""
    runs: list[_Run] = []
    running: int | None = None
    open_run: _Run | None = None
    for at, status in life.statuses:
        works = status in _WORKING[metric]
        if running is not None and not works and open_run:
            open_run.stretches.append((running, at))
            running = None
        if status in _DONE and open_run:
            open_run.end = at
            open_run = None
        if works and running is None:
            if open_run is None:
                open_run = _Run(len(runs) + 1, [], None)
                runs.append(open_run)
            running = at
    if running is not None and open_run:
        open_run.stretches.append((running, None))
    return runs


def _events(life: Life, metric: str, run: _Run) -> Iterator[dict[str, Any]]:
    policy = life.policy
    target = policy.target(metric, is_first=run.instance == 1) if policy else None
    breach = _breach(life, target, run) if target else None
    named: dict[str, Any] = {"metric": metric, "instance": run.instance}
    calendar = business = 0
    for number, (start, end) in enumerate(run.stretches):
        yield {**named, "type": "activate", "at": start}
        if policy and target:
            until = NOW if end is None else end
            yield from _applied(life, policy, target, named, (start, until), number)
        if breach is not None and start <= breach and (end is None or breach <= end):
            yield {**named, "type": "breach", "at": breach}
            breach = None
        if end is None:
            continue
        calendar += end - start
        business += life.schedule.seconds_between(start, end)
        is_end = end == run.end
        yield {**named, "type": "fulfill" if is_end else "pause", "at": end}
        minutes = {"calendar": calendar // MINUTE, "business": business // MINUTE}
        yield {**named, "type": "update_status", "at": end, "status": minutes}
    if run.end is not None and run.stretches and run.stretches[-1][1] != run.end:
        yield {**named, "type": "fulfill", "at": run.end}


def _applied(
    life: Life,
    policy: Policy,
    target: Target,
    named: dict[str, Any],
    stretch: tuple[int, int],
    number: int,
) -> Iterator[dict[str, Any]]:
    """Yield the target of each priority: at the start, and at every change of it."""
    start, end = stretch
    for at, priority in life.priorities:
        is_current = at <= start and priority == _priority_at(life, start)
        is_change = start < at < end
        if priority in target.minutes and (is_change or (is_current and number == 0)):
            sla = {
                "target": target.minutes[priority],
                "business_hours": target.is_business,
                "policy": {
                    "id": policy.policy_id,
                    "title": policy.title,
                    "description": None,
                },
            }
            yield {**named, "type": "apply_sla", "at": max(at, start), "sla": sla}


def _priority_at(life: Life, moment: int) -> str | None:
    return [priority for at, priority in life.priorities if at <= moment][-1]


def _breach(life: Life, target: Target, run: _Run) -> int | None:
    """Return when a run's time was over, judged by the priority of each moment."""
    clock = life.schedule if target.is_business else AlwaysOpen()
    spent = 0
    for start, end in run.stretches:
        until = NOW if end is None else end
        changes = [at for at, _ in life.priorities if start < at < until]
        edges = [start, *changes, until]
        for begins, ends in pairwise(edges):
            minutes = target.minutes.get(_priority_at(life, begins) or "")
            if minutes is not None:
                left = minutes * MINUTE - spent
                due = begins if left < 0 else clock.after(begins, left)
                if due < ends:
                    return due
            spent += clock.seconds_between(begins, ends)
    return None
