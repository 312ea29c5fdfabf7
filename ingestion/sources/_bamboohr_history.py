"""The dated rows of employees: a corrected past ends right, and is not forgotten."""

from collections.abc import Iterator
from typing import Any

import dlt

from ingestion.changes import Fingerprints, content_digest
from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable
from ingestion.rest import Api, ForbiddenError
from ingestion.sources._bamboohr_api import cleaned, mapping, money
from ingestion.sources._bamboohr_changes import Feed, fetch_if_there, require
from ingestion.sources._bamboohr_tables import HistoryTable

RowsByEmployee = dict[str, list[dict[str, Any]]]


class Histories:
    """The history tables of one company, for one load."""

    def __init__(self, api: Api, extraction: Extraction, feed: Feed) -> None:
        self._api = api
        self._extraction = extraction
        self._feed = feed

    def rows(self, table: HistoryTable) -> Iterator[Row]:
        """Yield all rows of every employee whose history is not what it was."""
        state = dlt.current.resource_state()
        # Who had rows when last read: {employee id: true}.
        had_rows: dict[str, bool] = state.setdefault("had_rows", {})
        # Before the rows are read, so that the mark lies before them.
        self._feed.changes()
        counts = self._extraction.table(table.raw)
        try:
            found = self._read(table, had_rows)
        except ForbiddenError:
            # Received, and left out on purpose: the table is refused as a whole.
            counts.skipped = counts.received - counts.quarantined
            raise
        known = Fingerprints(state)
        for employee_id, rows in found.items():
            yield from self._new_set(table, known, had_rows, employee_id, rows)
        self._feed.advance()

    def _read(self, table: HistoryTable, had_rows: dict[str, bool]) -> RowsByEmployee:
        if self._feed.asks_all:
            found = self._all(table)
            found.update({one: [] for one in had_rows if one not in found})
        else:
            found = self._of_changed(table)
        gone = sum(not rows and one in had_rows for one, rows in found.items())
        if self._extraction.doubts(gone, len(had_rows)):
            message = (
                f"{gone:,} of {len(had_rows):,} employees have no row in {table.name} "
                "any more, so the key's user probably lost access to them. If they "
                "were removed on purpose, load once with BELIEVE_DELETIONS=true"
            )
            raise ForbiddenError(message)
        every = [row for rows in found.values() for row in rows]
        require(self._extraction, table.raw, every, table.required)
        return found

    def _all(self, table: HistoryTable) -> RowsByEmployee:
        rows = self._api.fetch(f"employees/all/tables/{table.name}", needs="")
        found: RowsByEmployee = {}
        for row in self._usable(table, rows):
            found.setdefault(str(row["employeeId"]), []).append(row)
        return found

    def _of_changed(self, table: HistoryTable) -> RowsByEmployee:
        body = self._api.fetch(
            f"employees/changed/tables/{table.name}",
            needs="employees",
            params={"since": self._feed.asked_since()},
        )
        found: RowsByEmployee = {}
        for employee_id, change in mapping(body["employees"]).items():
            rows = change.get("rows") or []
            named = [{**row, "employeeId": employee_id} for row in rows]
            found[str(employee_id)] = self._usable(table, named)
        # Any change of an employee brings all of his rows; who is left out is asked
        # for himself, and may have none.
        for employee_id in self._feed.changed_ids():
            if employee_id not in found:
                path = f"employees/{employee_id}/tables/{table.name}"
                rows = fetch_if_there(self._api, path, needs="")
                if rows is not None:
                    found[employee_id] = self._usable(table, rows)
        return found

    def _usable(self, table: HistoryTable, rows: list[Any]) -> list[dict[str, Any]]:
        return [
            row
            for row in rows
            if self._extraction.is_usable(table.raw, row, "employeeId")
        ]

    def _new_set(
        self,
        table: HistoryTable,
        known: Fingerprints,
        had_rows: dict[str, bool],
        employee_id: str,
        rows: list[dict[str, Any]],
    ) -> Iterator[Row]:
        """Yield the rows as a new set, unless they are those of the last one."""
        counts = self._extraction.table(table.raw)
        by_hash: dict[str, Row] = {}
        for row in rows:
            read = _row(table.raw, cleaned(row))
            # A row has an id in one endpoint and none in the other.
            by_hash.setdefault(content_digest({**read, "id": None}), read)
        counts.duplicates += len(rows) - len(by_hash)
        version = known.version(employee_id, sorted(by_hash))
        if version is None or not (by_hash or employee_id in had_rows):
            counts.skipped += len(by_hash)
            return
        if by_hash:
            had_rows[employee_id] = True
        else:
            del had_rows[employee_id]
            counts.received += 1
            by_hash[""] = {}
        for row_hash, read in by_hash.items():
            yield {
                **read,
                "employee_id": employee_id,
                "set_version": version,
                "row_hash": row_hash,
                "extracted_at": self._extraction.as_of_at,
            }


def _row(table: RawTable, row: dict[str, Any]) -> Row:
    read = table.renamed(row, set_version=None, row_hash=None, extracted_at=None)
    for field, column in (("rate", "rate"), ("overtimeRate", "overtime_rate")):
        if f"{column}_value" in table.columns:
            value, currency = money(row.get(field))
            read |= {f"{column}_value": value, f"{column}_currency": currency}
    return read
