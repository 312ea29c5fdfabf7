"""A workspace's objects, read from the data directory and kept in memory."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.sandbox.server.collection import id_order
from ingestion.sandbox.server.store import JsonLines, Store

VENDOR = "intercom"
FILES = (
    "conversations",
    "contacts",
    "companies",
    "admins",
    "teams",
    "tags",
    "office_hours_schedules",
    "office_hours_exceptions",
    "deleted_conversations",
    "workspaces",
)
Item = dict[str, Any]


class Shelf:
    """The objects of one file without their heavy fields; those stay in the file.

    Args:
        lines: the file.
        heavy: the fields that only a look-up by id returns.
        is_shown: whether an object can be seen at all.
    """

    def __init__(
        self,
        lines: JsonLines,
        heavy: tuple[str, ...] = (),
        is_shown: Callable[[Item], bool] = lambda _: True,
    ) -> None:
        self._lines = lines
        self._row_of: dict[str, int] = {}
        self.items: list[Item] = []
        for row, item in enumerate(lines):
            if item.get("id") in (None, ""):
                raise lines.error(row, "no 'id'")
            if is_shown(item):
                self._row_of[str(item["id"])] = row
                light = {name: item[name] for name in item if name not in heavy}
                self.items.append(light)
        self.items.sort(key=lambda item: id_order(str(item["id"])))

    def find(self, identifier: str) -> Item | None:
        """Return the whole object of an id."""
        row = self._row_of.get(identifier)
        return None if row is None else self._lines.parse(row)


class Workspace:
    """What a workspace holds."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def lines(self, name: str) -> list[Item]:
        """Return the objects of a small file."""
        return list(self.store.lines(VENDOR, name))

    @cached_property
    def app(self) -> Item:
        """The workspace itself; without a file one in the data's time zone."""
        zone = self.store.description.get("reporting_timezone", "UTC")
        made = {
            "type": "app",
            "id_code": "sandbox1",
            "name": "Sandbox",
            "created_at": 1_600_000_000,
            "timezone": zone,
            "region": "EU",
        }
        return next(iter(self.lines("workspaces")), made)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The workspace's time zone: days in it are what contact search compares."""
        return ZoneInfo(self.app["timezone"])

    @cached_property
    def deleted(self) -> list[Item]:
        """The deleted conversations by id."""
        found = self.lines("deleted_conversations")
        return sorted(found, key=lambda item: id_order(str(item["id"])))

    @cached_property
    def conversations(self) -> Shelf:
        """The conversations that exist."""
        deleted = {str(item["id"]) for item in self.deleted}
        return Shelf(
            self.store.lines(VENDOR, "conversations"),
            heavy=("conversation_parts",),
            is_shown=lambda item: str(item["id"]) not in deleted,
        )

    @cached_property
    def contacts(self) -> Shelf:
        """The contacts that exist: neither archived nor merged into another."""
        lines = self.store.lines(VENDOR, "contacts")
        merged = {
            str(entry["source_contact_id"])
            for item in lines
            for entry in item.get("merge_history") or []
        }
        return Shelf(
            lines,
            is_shown=lambda item: (
                not item.get("archived") and str(item["id"]) not in merged
            ),
        )

    @cached_property
    def companies(self) -> Shelf:
        """The companies."""
        return Shelf(self.store.lines(VENDOR, "companies"))
