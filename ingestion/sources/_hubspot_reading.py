"""The records of one HubSpot object in one load: told apart, counted, made rows."""

from collections.abc import Iterator
from typing import Any

from ingestion.changes import Watermark
from ingestion.extraction import Extraction, Row
from ingestion.sources._hubspot_tables import OBJECT_TABLES, CrmObject


class ObjectReading:
    """The records of one CRM object in one load: told apart, counted, made rows."""

    def __init__(self, extraction: Extraction, crm: CrmObject, mark: Watermark) -> None:
        self._extraction = extraction
        self._cursor = crm.cursor
        self._table = OBJECT_TABLES[crm.name]
        self._counts = extraction.table(self._table)
        self._mark = mark
        self._yielded: dict[str, str | None] = {}
        # Every id that the vendor showed, live or archived.
        self.listed: set[str] = set()
        # The ids whose history and associations must be read again.
        self.changed: dict[str, None] = {}

    def live(self, page: list[Any]) -> Iterator[Row]:
        """Yield the rows of records that are not known as they are."""
        for record in page:
            if self._extraction.is_usable(self._table, record):
                row = self._row(record)
                if self._is_new(row):
                    yield row

    def _is_new(self, row: Row) -> bool:
        """Whether the live record is to be loaded; counts it where it is not."""
        record_id = row["id"]
        self.listed.add(record_id)
        modified = row.get(self._cursor) or row["updated_at"]
        self._mark.saw(record_id, modified)
        if record_id in self._yielded:
            # dlt keeps the newest of the two.
            self._counts.duplicates += 1
            if self._yielded[record_id] == modified:
                return False
        elif self._mark.is_known(
            record_id, modified
        ) or self._extraction.is_before_start(modified):
            self._counts.skipped += 1
            return False
        self._yielded[record_id] = modified
        self.changed[record_id] = None
        return True

    def archived(
        self, page: list[Any], known: dict[str, str], found: dict[str, str]
    ) -> Iterator[Row]:
        """Yield the rows of archived records that were not known as archived."""
        for record in page:
            if not self._extraction.is_usable(self._table, record):
                continue
            row = self._row(record)
            if row["archived"] is not True:
                if self._is_new(row):
                    yield row
                continue
            self.listed.add(row["id"])
            stamp = str(row["archived_at"] or row["updated_at"])
            found[row["id"]] = stamp
            if known.get(row["id"]) == stamp:
                self._counts.skipped += 1
                continue
            if row["id"] in self._yielded:
                # Archived while we read, or twice in the list: the later answer holds.
                self._counts.duplicates += 1
                row["updated_at"] = stamp
            self._yielded[row["id"]] = stamp
            yield row

    def _row(self, record: dict[str, Any]) -> Row:
        properties = record.get("properties")
        # The record's own properties become the row: a copy of each would be dear.
        row: Row = properties if isinstance(properties, dict) else {}
        row["id"] = str(record["id"])
        row["created_at"] = record.get("createdAt")
        row["updated_at"] = record.get("updatedAt")
        row["archived"] = record.get("archived", False)
        row["archived_at"] = record.get("archivedAt")
        return row
