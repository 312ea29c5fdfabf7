"""Salesforce's SObjects: what changed, what is whole, what was hard-deleted."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import dlt

from ingestion.changes import Watermark
from ingestion.extraction import Extraction, Row
from ingestion.records import timestamp_value
from ingestion.rest import ApiError
from ingestion.sources._salesforce_api import Org, hidden, named
from ingestion.sources._salesforce_queries import Queries
from ingestion.sources._salesforce_tables import (
    OPTIONAL_FIELDS,
    ORGANIZATION,
    ORGANIZATIONS,
    SObject,
    column_name,
)

# A long transaction commits rows that carry an older stamp than what we saw meanwhile.
OVERLAP = timedelta(minutes=15)
# Salesforce refuses to look further back into its log.
LOG_REACH = timedelta(days=29)
# Rows of this minute may still be joined by others of the same second.
UNSETTLED = timedelta(minutes=1)


class Objects:
    """The SObjects of one org in one extraction.

    Args:
        org: the org.
        extraction: the load.
        custom: the org's own field per setting (`lost_reason_field`); "" where none.
    """

    def __init__(
        self, org: Org, extraction: Extraction, custom: Mapping[str, str]
    ) -> None:
        self._org = org
        self._queries = Queries(org)
        self._extraction = extraction
        self._custom = custom
        # The run's clock may be set to another day; what the org has is not of then.
        now = max(extraction.as_of_at, datetime.now(UTC))
        self._horizon = now - UNSETTLED

    def changes(self, sobject: SObject) -> Iterator[Row]:
        """Yield what changed, deleted and archived records included."""
        with _naming(sobject.table):
            yield from self._changes(sobject)

    def whole(self, sobject: SObject) -> Iterator[Row]:
        """Yield those records of a small SObject that are not known as they are."""
        with _naming(sobject.table):
            rows = self._all(sobject)
            if rows is not None:
                yield from self._extraction.changed(sobject.raw, rows)

    def versions(self, sobject: SObject) -> Iterator[Row]:
        """Yield a new version of each record of a small SObject that changed."""
        with _naming(sobject.table):
            rows = self._all(sobject)
            if rows is not None:
                yield from self._extraction.versions(sobject.raw, rows)

    def organization(self, currency: str) -> Iterator[Row]:
        """Yield the org's own row.

        Args:
            currency: the currency of an org that has only one.

        Raises:
            ApiError: the warehouse holds another org's records.
        """
        with _naming(ORGANIZATION.table):
            found = self._all(ORGANIZATION)
            if found is None:
                # Everybody may see it: what is wrong is the address.
                message = (
                    "salesforce: there is no Salesforce API of this version. Set "
                    "SOURCES__SALESFORCE__API_VERSION to one that the org speaks and "
                    "SOURCES__SALESFORCE__INSTANCE_URL to its My Domain address."
                )
                raise ApiError(message)
            rows = list(found)
            for row in rows:
                row["corporate_currency"] = currency.strip().upper() or None
                known = dlt.current.resource_state().setdefault("org_id", row["id"])
                if known != row["id"]:
                    message = (
                        f"salesforce: the credentials are those of org {row['id']}, and "
                        f"the warehouse holds records of org {known}, whose ids mean "
                        "others. Give the org a WAREHOUSE_DIR of its own, or correct "
                        "SOURCES__SALESFORCE__INSTANCE_URL and the credentials. "
                        "Nothing of this run was stored."
                    )
                    raise ApiError(message)
            yield from self._extraction.changed(ORGANIZATIONS, rows)

    def _changes(self, sobject: SObject) -> Iterator[Row]:
        selected = self._selected(sobject)
        if selected is None:
            return
        state = dlt.current.resource_state()
        # A field that is new to us is not in the rows that were loaded without it.
        is_wider = not set(selected) <= set(state.get("selected", selected))
        mark = Watermark(
            state,
            self._horizon,
            read_all=self._extraction.read_all or is_wider,
            overlap=OVERLAP,
        )
        reading = _Reading(self._extraction, sobject, selected, mark)
        yield from reading.rows(
            self._queries.rows(
                _select(sobject, selected),
                sobject.cursor,
                mark.lower_bound,
                self._horizon,
                deleted=True,
            )
        )
        mark.advance()
        state["selected"] = sorted(selected)
        if self._extraction.read_all:
            self._extraction.listed_whole(sobject.raw, self._queries.ids(sobject.name))
        elif sobject.has_log and mark.lower_bound is not None:
            self._note_purged(sobject, state, mark.lower_bound, reading.received)

    def _note_purged(
        self,
        sobject: SObject,
        state: dict[str, Any],
        since: datetime,
        seen: set[str],
    ) -> None:
        """Note records that the delete log names and that no query shows any more.

        They were deleted and purged from the recycle bin between two loads. The log
        reaches back a month at most; what is older, a load of all records finds.
        """
        read_to = state.get("log_read_to")
        start = max(since, datetime.fromisoformat(read_to) if read_to else since)
        start = max(start, self._horizon - LOG_REACH)
        if self._horizon - start < timedelta(minutes=2):
            return
        log = self._org.deleted(sobject.name, start, self._horizon)
        state["log_read_to"] = timestamp_value(log.get("latestDateCovered")).isoformat()
        purged = {str(one.get("id")) for one in log["deletedRecords"]} - seen
        known = self._extraction.known_ids(sobject.raw) if purged else set()
        if purged & known:
            self._extraction.listed_whole(sobject.raw, known - purged)

    def _all(self, sobject: SObject) -> Iterator[Row] | None:
        """Return every record of a small SObject; None where the org has none."""
        selected = self._selected(sobject)
        if selected is None:
            return None
        records = self._queries.query(
            _select(sobject, selected), [], "Id", deleted=False
        )
        return (
            _row(selected, record)
            for record in records
            if self._extraction.is_usable(sobject.raw, record, "Id")
        )

    def _selected(self, sobject: SObject) -> dict[str, str] | None:
        """Return the fields to ask for and their columns; None if the org lacks all.

        Field-level security hides a field as if it did not exist, so what is missing
        is reported; a field that nobody misses would be NULL from then on.

        Raises:
            ForbiddenError: the object is hidden though every org has it.
        """
        visible = self._org.describe(sobject.name)
        reported: list[str] = dlt.current.resource_state().setdefault("hidden", [])
        missing: dict[str, str] = {}
        if visible is None and not sobject.is_optional:
            raise hidden(sobject.table, sobject.name)
        if visible is None:
            missing["*"] = f"the org has no {sobject.name}, or hides it from our user"
        wanted = {name: column_name(name) for name in sobject.fields}
        for column, setting in sobject.custom.items():
            if own := self._custom.get(setting, "").strip():
                wanted[own] = column
        for name, column in wanted.items():
            if visible and name not in visible and name not in OPTIONAL_FIELDS:
                missing[column] = (
                    f"our user cannot see {sobject.name}.{name} (field-level security, "
                    "or the org lacks it); the column stays NULL"
                )
        for column, reason in missing.items():
            if column not in reported:
                self._extraction.counts.report_drift(sobject.table, column, reason)
        reported[:] = sorted(missing)
        if visible is None:
            return None
        return {name: column for name, column in wanted.items() if name in visible}


class _Reading:
    """The changed records of one SObject in one load: told apart, counted, made rows."""

    def __init__(
        self,
        extraction: Extraction,
        sobject: SObject,
        selected: Mapping[str, str],
        mark: Watermark,
    ) -> None:
        self._extraction = extraction
        self._table = sobject.raw
        self._counts = extraction.table(sobject.raw)
        self._stamp = column_name(sobject.cursor)
        self._keeps_old = sobject.is_history
        # The ids that were received, so that the delete log tells nothing new of them.
        self.received: set[str] = set()
        self._selected = selected
        self._mark = mark
        self._yielded: dict[str, str | None] = {}

    def rows(self, records: Iterator[dict[str, Any]]) -> Iterator[Row]:
        """Yield the rows of records that are not known as they are."""
        for record in records:
            if self._extraction.is_usable(self._table, record, "Id"):
                yield from self._told_apart(_row(self._selected, record))

    def _told_apart(self, row: Row) -> Iterator[Row]:
        modified = row.get(self._stamp)
        self.received.add(row["id"])
        self._mark.saw(row["id"], modified)
        if row["id"] in self._yielded:
            # dlt keeps the newest of the two.
            self._counts.duplicates += 1
            if self._yielded[row["id"]] == modified:
                return
        elif self._mark.is_known(row["id"], modified) or self._is_old(modified):
            self._counts.skipped += 1
            return
        self._yielded[row["id"]] = modified
        yield row

    def _is_old(self, modified: str | None) -> bool:
        # A deal of interest needs the history of the time before.
        return not self._keeps_old and self._extraction.is_before_start(modified)


@contextmanager
def _naming(table: str) -> Generator[None]:
    """Name the table in an error of its requests."""
    try:
        yield
    except ApiError as error:
        raise named(error, table) from None


def _select(sobject: SObject, selected: Mapping[str, str]) -> str:
    return f"SELECT {', '.join(selected)} FROM {sobject.name}"


def _row(selected: Mapping[str, str], record: dict[str, Any]) -> Row:
    return {column: record.get(name) for name, column in selected.items()}
