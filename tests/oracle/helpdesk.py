"""The helpdesk as its data directory tells it, read plainly and slowly."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from tests.oracle.periods import ONE_DAY, Clock

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
# Zendesk names zones as Rails does.
ZONES = {
    "Berlin": "Europe/Berlin",
    "Tehran": "Asia/Tehran",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
}
DONE = ("solved", "closed")
FIELDS = {
    "status": "status",
    "group": "group_id",
    "assignee": "assignee_id",
    "priority": "priority",
}


@dataclass(frozen=True)
class Comment:
    """A comment: who wrote it (agent, end_user, bot) and whether the customer sees it."""

    at: datetime
    author: str
    kind: str
    is_public: bool


@dataclass
class Ticket:
    """A ticket that is neither merged nor deleted, with its history."""

    ticket_id: str
    channel: str
    created: datetime
    requester_id: str
    organization_id: str
    brand_id: str
    # (from, until, schedule), oldest first; the last has no end.
    schedules: list[tuple[datetime, datetime | None, str]] = field(default_factory=list)
    # Per field the values it took, oldest first; '' is none.
    history: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    comments: list[Comment] = field(default_factory=list)

    def value(self, name: str, at: datetime) -> str:
        """Return a field's value at an instant, its changes included."""
        found = ""
        for changed, value in self.history[name]:
            if changed <= at:
                found = value
        return found

    @property
    def first_agent(self) -> str:
        """The first agent who had it for any time."""
        changes = self.history["assignee"]
        ends = [*(at for at, _ in changes[1:]), None]
        held = (value for (at, value), end in zip(changes, ends, strict=True) if end is None or end > at)  # fmt: skip
        return next((value for value in held if value), "")

    @cached_property
    def solves(self) -> list[datetime]:
        """When it became solved or closed, from another status."""
        return [at for at, before, after in self._moves if after in DONE and before not in DONE]  # fmt: skip

    @cached_property
    def reopenings(self) -> list[datetime]:
        """When it left solved or closed."""
        return [at for at, before, after in self._moves if before in DONE and after not in DONE]  # fmt: skip

    @property
    def _moves(self) -> list[tuple[datetime, str, str]]:
        before, found = "", []
        for at, status in self.history["status"]:
            found.append((at, before, status))
            before = status
        return found

    @property
    def is_solved(self) -> bool:
        """Whether nobody works on it any more."""
        return self.history["status"][-1][1] in DONE

    @property
    def is_opened_by_agent(self) -> bool:
        """Whether the first comment is an agent's that the customer sees."""
        humans = [one for one in self.comments if one.kind != "bot"]
        return bool(humans) and humans[0].kind == "agent" and humans[0].is_public

    @property
    def touches(self) -> list[Comment]:
        """Agents' comments that the customer sees."""
        return [one for one in self.comments if one.kind == "agent" and one.is_public]

    @property
    def replies(self) -> list[Comment]:
        """The same without an agent's description."""
        return self.touches[1:] if self.is_opened_by_agent else self.touches

    def stretches(self, now: datetime) -> list[tuple[datetime, datetime, bool]]:
        """Return (start, end, is current) of the time in which no field changed."""
        starts = sorted({at for changes in self.history.values() for at, _ in changes})
        return [
            (start, end, end == now)
            for start, end in zip(starts, [*starts[1:], now], strict=True)
        ]


@dataclass
class Schedule:
    """A schedule's open times, day by day."""

    zone: ZoneInfo
    hours: list[tuple[int, int, int]]  # days since Sunday, start and end minute
    holidays: list[tuple[date, date]]

    def minutes(self, start: datetime, end: datetime) -> float:
        """Return the open minutes between two instants."""
        total = timedelta(0)
        day = start.astimezone(self.zone).date() - ONE_DAY
        while day <= end.astimezone(self.zone).date():
            for opens, closes in self._open_times(day):
                overlap = min(closes, end) - max(opens, start)
                total += max(overlap, timedelta(0))
            day += ONE_DAY
        return total.total_seconds() / 60

    def _open_times(self, day: date) -> Iterable[tuple[datetime, datetime]]:
        if any(first <= day <= last for first, last in self.holidays):
            return
        for weekday, start, end in self.hours:
            if weekday == day.isoweekday() % 7:
                midnight = datetime.combine(day, time(0), tzinfo=self.zone)
                yield (
                    (midnight + timedelta(minutes=start)).astimezone(ZoneInfo("UTC")),
                    (midnight + timedelta(minutes=end)).astimezone(ZoneInfo("UTC")),
                )


class Helpdesk:
    """Tickets, schedules, targets and surveys of a data directory."""

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._folder = directory / "zendesk"
        self.clock = clock
        self.groups = {str(g["id"]): g["name"] for g in self._lines("groups")}
        self.users = {str(one["id"]): one for one in self._lines("users")}
        # Which organization of all systems an organization is: (key, name).
        self.organizations: dict[str, tuple[str, str]] = {}
        self.schedules = self._schedules()
        self.tickets = self._tickets()

    def group_name(self, group_id: str) -> str:
        """Return how reports call a group."""
        return self.groups.get(group_id, "unknown") if group_id else "no group"

    def agent(self, user_id: str) -> tuple[str, str | None]:
        """Return an agent's name and address."""
        user = self.users.get(user_id)
        if not user:
            return ("unknown" if user_id else "no agent"), None
        return user["name"], (user["email"] or "").strip().lower() or None

    def metric_sets(self) -> dict[str, dict]:
        """Return what Zendesk itself computed of each ticket."""
        return {str(one["id"]): one["metric_set"] for one in self._lines("tickets") if one.get("metric_set")}  # fmt: skip

    def metric_events(self) -> list[dict]:
        """Return what happened to targets, events that were taken back left out."""
        return [one for one in self._lines("ticket_metric_events") if not one["deleted"]]  # fmt: skip

    def ratings(self) -> list[dict]:
        """Return the surveys."""
        return list(self._lines("satisfaction_ratings"))

    def policies(self) -> dict[str, str]:
        """Return the policies' names of today."""
        return {str(one["id"]): one["title"] for one in self._lines("sla_policies")}

    def business_minutes(self, ticket: Ticket, start: datetime, end: datetime) -> float:
        """Return the minutes between two instants within the ticket's working hours."""
        return sum(
            self.schedules[schedule].minutes(max(start, since), min(end, until or end))
            for since, until, schedule in ticket.schedules
            if since < end and (until is None or until > start)
        )

    def _lines(self, name: str) -> Iterable[dict]:
        with (self._folder / f"{name}.jsonl").open("rb") as file:
            yield from map(orjson.loads, file)

    def _schedules(self) -> dict[str, Schedule]:
        holidays: dict[str, list[tuple[date, date]]] = {}
        for one in self._lines("schedule_holidays"):
            first, last = one["start_date"], one["end_date"]
            days = (date.fromisoformat(first), date.fromisoformat(last))
            holidays.setdefault(str(one["schedule_id"]), []).append(days)
        self._schedule_names, found = {}, {}
        for one in self._lines("schedules"):
            self._schedule_names[one["name"]] = str(one["id"])
            hours = []
            for interval in one["intervals"]:
                weekday, start = divmod(interval["start_time"], 1440)
                hours.append((weekday, start, interval["end_time"] - weekday * 1440))
            zone = ZoneInfo(ZONES[one["time_zone"]])
            found[str(one["id"])] = Schedule(
                zone, hours, holidays.get(str(one["id"]), [])
            )
        return found

    def _tickets(self) -> dict[str, Ticket]:
        events = sorted(self._lines("ticket_events"), key=lambda one: (one["created_at"], one["id"]))  # fmt: skip
        merged = {str(t) for one in events for t in one["merged_ticket_ids"]}
        found = {}
        for one in self._lines("tickets"):
            ticket_id = str(one["id"])
            if one["status"] != "deleted" and ticket_id not in merged:
                created = datetime.fromisoformat(one["created_at"])
                found[ticket_id] = Ticket(
                    ticket_id,
                    one["via"]["channel"],
                    created,
                    str(one["requester_id"]),
                    str(one["organization_id"] or ""),
                    str(one["brand_id"] or ""),
                    history={f: [] for f in FIELDS},
                )
        kinds = self._kinds(events)
        for event in events:
            if ticket := found.get(str(event["ticket_id"])):
                _apply(ticket, event, kinds)
        for ticket in found.values():
            for changes in ticket.history.values():
                if not changes or changes[0][0] > ticket.created:
                    changes.insert(0, (ticket.created, ""))
            ticket.schedules = list(self._schedules_of(ticket))
        return found

    def _kinds(self, events: list[dict]) -> dict[str, str]:
        """Return who is an agent, an end user or a bot."""
        with (SEEDS / "helpdesk_bots.csv").open() as file:
            bots = {row["email"].lower() for row in csv.DictReader(file)}
        assigned = {
            str(child["assignee_id"])
            for event in events
            for child in event["child_events"]
            if child.get("assignee_id")
        }
        kinds = {"-1": "bot"}
        for user in self._lines("users"):
            user_id = str(user["id"])
            is_agent = user["role"] != "end-user" or user_id in assigned
            kinds[user_id] = "agent" if is_agent else "end_user"
            if (user["email"] or "").lower() in bots:
                kinds[user_id] = "bot"
        return kinds

    def _schedules_of(
        self, ticket: Ticket
    ) -> Iterable[tuple[datetime, datetime | None, str]]:
        moves = ticket.history["group"]
        ends: list[datetime | None] = [*(at for at, _ in moves[1:]), None]
        for (at, group_id), end in zip(moves, ends, strict=True):
            yield at, end, self._schedule_of(group_id)

    def _schedule_of(self, group_id: str) -> str:
        group = self.groups.get(group_id, "")
        schedule = self._schedule_names.get(self._group_schedules.get(group, ""))
        return schedule or min(self.schedules, key=int)

    @cached_property
    def _group_schedules(self) -> dict[str, str]:
        with (SEEDS / "helpdesk_group_schedules.csv").open() as file:
            return {row["group_name"]: row["schedule_name"] for row in csv.DictReader(file)}  # fmt: skip


def _apply(ticket: Ticket, event: dict, kinds: dict[str, str]) -> None:
    at = datetime.fromisoformat(event["created_at"])
    for child in event["child_events"]:
        if child["event_type"] == "Comment":
            author = str(child["author_id"])
            kind = kinds.get(author, "end_user")
            ticket.comments.append(Comment(at, author, kind, child["public"]))
        for name, key in FIELDS.items():
            if child["event_type"] in ("Create", "Change") and key in child:
                value = "" if child[key] is None else str(child[key])
                ticket.history[name].append((at, value))
