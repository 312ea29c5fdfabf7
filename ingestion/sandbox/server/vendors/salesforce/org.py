"""One org: its SObjects over the files of a data directory.

A table is read once for its index (stamp, id, deleted, archived); afterwards a page
parses only its own rows.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ingestion.sandbox.server.store import JsonLines, Store, checked_table
from ingestion.sandbox.server.vendors.salesforce.errors import (
    invalid_type,
    no_such_column,
)
from ingestion.sandbox.server.vendors.salesforce.instants import instant_of
from ingestion.sandbox.server.vendors.salesforce.schema import (
    CURRENCY_FIELD,
    MULTI_CURRENCY,
    PREFIXES,
    TYPES,
    SObjectType,
)

VENDOR = "salesforce"
DELETE_LOG = "DeletedRecords"
# sandbox.toml's [salesforce]: what field-level security and the edition hide.
_OPTIONS = {"hidden_fields": [], "hidden_objects": []}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
Item = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """What a query must know of a row before it is parsed."""

    stamp: datetime
    identifier: str
    row: int
    is_deleted: bool
    is_archived: bool


class Table:
    """The records of one SObject, deleted ones included, by stamp and id."""

    def __init__(self, lines: JsonLines, kind: SObjectType) -> None:
        self._lines = lines
        self.name = kind.name
        self.prefix = kind.prefix
        has_modstamp = "SystemModstamp" in kind.fields
        self.stamp_field = "SystemModstamp" if has_modstamp else "CreatedDate"
        self.fields = dict(kind.fields)
        entries = []
        for row, item in enumerate(lines):
            if not item.get("Id"):
                raise lines.error(row, "no 'Id'")
            for name, value in item.items():
                if name not in self.fields and name != "attributes":
                    self.fields[name] = _type_of(value)
            try:
                stamp = instant_of(item.get(self.stamp_field)) or _BEGINNING
            except ValueError:
                raise lines.error(row, f"no instant {self.stamp_field!r}") from None
            entries.append(
                Entry(
                    stamp,
                    str(item["Id"]),
                    row,
                    bool(item.get("IsDeleted")),
                    bool(item.get("IsArchived")) and self.name in ("Task", "Event"),
                )
            )
        entries.sort(key=lambda entry: (entry.stamp, entry.identifier))
        self.entries = entries
        self._stamps = [entry.stamp for entry in entries]

    @cached_property
    def by_lower_name(self) -> dict[str, str]:
        """Field names by their lower-case spelling."""
        return {name.lower(): name for name in self.fields}

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {entry.identifier[:15]: entry.row for entry in self.entries}

    def between(self, since: datetime | None, until: datetime | None) -> list[Entry]:
        """Return the entries whose stamp lies in [since, until), by stamp and id."""
        first = 0 if since is None else bisect_left(self._stamps, since)
        last = len(self._stamps) if until is None else bisect_left(self._stamps, until)
        return self.entries[first:last]

    def parse(self, row: int) -> Item:
        """Return a record."""
        return self._lines.parse(row)

    def find(self, identifier: str) -> Item | None:
        """Return the record of an id of 15 or 18 characters."""
        row = self._row_of.get(identifier[:15])
        return None if row is None else self.parse(row)

    def field(self, name: str) -> str:
        """Return a field's name in its own spelling.

        Raises:
            Refusal: there is none.
        """
        found = self.by_lower_name.get(name.lower())
        if found is None:
            raise no_such_column(name, self.name)
        return found


class Org:
    """The org's data and what its integration user sees of it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        options = checked_table(store.table(VENDOR), _OPTIONS, VENDOR)
        self._hidden_fields = set(options["hidden_fields"])
        self._hidden_objects = set(options["hidden_objects"])
        self._tables: dict[str, Table] = {}

    @cached_property
    def _has_currencies(self) -> bool:
        return len(self.store.lines(VENDOR, "CurrencyType")) > 0

    def names(self) -> Iterator[str]:
        """Yield the SObjects that the user sees."""
        for name in TYPES:
            is_hidden = name in self._hidden_objects
            if not is_hidden and (self._has_currencies or name not in MULTI_CURRENCY):
                yield name

    def table(self, name: str) -> Table:
        """Return an SObject's records; the case of its name does not matter.

        Raises:
            Refusal: there is none, or it is hidden.
        """
        found = {known.lower(): known for known in self.names()}.get(name.lower())
        if found is None:
            raise invalid_type(name)
        if found not in self._tables:
            table = Table(self.store.lines(VENDOR, found), TYPES[found])
            if not self._has_currencies:
                table.fields.pop(CURRENCY_FIELD, None)
            for hidden in self._hidden_fields:
                entity, _, field = hidden.partition(".")
                if entity == found:
                    table.fields.pop(field, None)
            self._tables[found] = table
        return self._tables[found]

    def record(self, identifier: object) -> tuple[str, Item] | None:
        """Return the SObject and the record of an id, whatever it is of."""
        name = PREFIXES.get(str(identifier or "")[:3])
        if name is None or name not in self.names():
            return None
        item = self.table(name).find(str(identifier))
        return None if item is None else (name, item)

    def delete_log(self, name: str) -> list[tuple[str, datetime]]:
        """Return ids and instants of deletion of an SObject, oldest first."""
        table = self.table(name)
        logged = [
            (entry.identifier, entry.stamp)
            for entry in table.entries
            if entry.is_deleted
        ]
        for item in self.store.lines(VENDOR, DELETE_LOG):
            if str(item.get("sobject")) == table.name:
                moment = instant_of(item.get("deletedDate")) or self.store.clock
                logged.append((str(item.get("id")), moment))
        return sorted(logged, key=lambda pair: (pair[1], pair[0]))


def _type_of(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "double" if isinstance(value, int | float) else "string"
