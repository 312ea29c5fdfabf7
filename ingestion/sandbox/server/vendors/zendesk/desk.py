"""What one data directory says about a help desk, in the orders that its API lists."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from ingestion.sandbox.server.collection import Item, id_order
from ingestion.sandbox.server.store import JsonLines, Store
from ingestion.sandbox.server.vendors.zendesk.events import as_audit, as_event

VENDOR = "zendesk"
FILES = (
    *("tickets", "ticket_events", "ticket_audits", "ticket_metric_events", "users"),
    *("organizations", "groups", "group_memberships", "brands", "ticket_fields"),
    *("satisfaction_ratings", "sla_policies", "schedules", "schedule_holidays"),
    "deleted_tickets",
)
# What changed in this time before now is not exported yet.
SETTLING_SECONDS = 60


def epoch(value: object) -> int:
    """Return epoch seconds of an ISO instant or of seconds; 0 where there are none."""
    if isinstance(value, bool) or value is None:
        return 0
    if isinstance(value, int | float):
        return int(value)
    try:
        return int(datetime.fromisoformat(str(value)).timestamp())
    except ValueError:
        return 0


@dataclass
class Ordered:
    """Objects by instant, then by id, parsed when they are wanted."""

    keys: list[tuple[int, Any]]
    parse: Callable[[int], Item]
    rows: list[int]

    def from_second(self, second: int) -> int:
        """Return the position of the first object at or after a second."""
        return bisect_left(self.keys, second, key=lambda key: key[0])

    def after(self, key: tuple[int, Any]) -> int:
        """Return the position of the first object after a key."""
        return bisect_right(self.keys, key)

    def items(self, start: int, end: int) -> list[Item]:
        """Return the objects of some positions."""
        return [self.parse(row) for row in self.rows[start:end]]


class Desk:
    """One help desk."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ordered: dict[str, Ordered] = {}
        self._by_id: dict[str, dict[str, int]] = {}

    @property
    def now(self) -> int:
        """The sandbox's now, in epoch seconds."""
        return int(self._store.clock.timestamp())

    @property
    def settled(self) -> int:
        """The last second that exports show."""
        return self.now - SETTLING_SECONDS

    def lines(self, name: str) -> JsonLines:
        """Return the objects of a file."""
        return self._store.lines(VENDOR, name)

    def by_instant(self, name: str, field: str) -> Ordered:
        """Return the objects of a file in the order of a field."""
        if name not in self._ordered:
            if name == "ticket_events" and len(self.lines(name)) == 0:
                self._ordered[name] = self._events_of_audits()
            else:
                lines = self.lines(name)
                self._ordered[name] = _in_order(
                    [(self._key(item, field), row) for row, item in enumerate(lines)],
                    lines.parse,
                )
        return self._ordered[name]

    def _key(self, item: Item, field: str) -> tuple[int, Any]:
        stamp = item.get(field)
        if stamp is None:
            stamp = item.get("updated_at") or item.get("created_at")
        return epoch(stamp), id_order(str(item.get("id")))

    def _events_of_audits(self) -> Ordered:
        lines = self.lines("ticket_audits")
        keys = [
            ((epoch(audit.get("created_at")), id_order(str(audit.get("id")))), row)
            for row, audit in enumerate(lines)
        ]
        return _in_order(keys, lambda row: as_event(lines.parse(row)))

    def find(self, name: str, identifier: str) -> Item | None:
        """Return the object of an id."""
        lines = self.lines(name)
        if name not in self._by_id:
            self._by_id[name] = {
                str(item.get("id")): row for row, item in enumerate(lines)
            }
        row = self._by_id[name].get(identifier)
        return None if row is None else lines.parse(row)

    @cached_property
    def _audit_rows(self) -> dict[str, list[int]]:
        return _rows_by_ticket(self.lines("ticket_audits"))

    @cached_property
    def _event_rows(self) -> dict[str, list[int]]:
        return _rows_by_ticket(self.lines("ticket_events"))

    def audits(self, ticket_id: str) -> list[Item]:
        """Return the audits of a ticket, oldest first."""
        if rows := self._audit_rows.get(ticket_id):
            found = [self.lines("ticket_audits").parse(row) for row in rows]
        else:
            found = [
                as_audit(self.lines("ticket_events").parse(row))
                for row in self._event_rows.get(ticket_id, [])
            ]
        return sorted(found, key=lambda audit: self._key(audit, "created_at"))


def _in_order(
    entries: list[tuple[tuple[int, Any], int]], parse: Callable[[int], Item]
) -> Ordered:
    entries.sort()
    return Ordered([key for key, _ in entries], parse, [row for _, row in entries])


def _rows_by_ticket(lines: JsonLines) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, item in enumerate(lines):
        found.setdefault(str(item.get("ticket_id")), []).append(row)
    return found
