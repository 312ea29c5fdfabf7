"""What every API source does with its records: check, tell apart, count, batch.

One `Extraction` lives for one load of one source. A source turns its API's answers into
rows and leaves to it what must never be forgotten: that a table exists even when empty,
that a refused table is reported, and that every record is counted.
"""

import time
from collections.abc import (
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import dlt
from dlt.extract import DltResource

from ingestion.changes import Fingerprints, is_utc_text, utc_text
from ingestion.probe import Probe, State, probing
from ingestion.reconcile import Counts, TableCounts
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import ApiError, ForbiddenError
from ingestion.settings import Settings, SettingsError
from ingestion.vanished import VANISHED_RECORDS, Presence, is_doubtful, known_ids

ROWS_PER_BATCH = 5_000

Row = dict[str, Any]


class Extraction:
    """One extraction of one source.

    Args:
        vendor: the vendor id.
        settings: the run's clock and the first day of interest.
        skip: tables (comma-separated) not to read.
        read_all: load also what did not change since the last load.
    """

    def __init__(
        self, vendor: str, settings: Settings, *, skip: str, read_all: bool
    ) -> None:
        self._vendor = vendor
        self._skipped = {name.strip() for name in skip.split(",")}
        self._start = datetime.combine(settings.start_date, datetime.min.time(), UTC)
        self._start_text = utc_text(self._start)
        self.as_of_at = settings.as_of_at
        self.read_all = read_all
        self.counts = Counts()
        self._believes_losses = settings.believe_deletions
        self._presence = Presence(
            vendor, self.counts, believes_all=settings.believe_deletions
        )

    def table(self, table: RawTable) -> TableCounts:
        """Return the table's counts."""
        return self.counts.table(table.name)

    def resource(
        self, table: RawTable, rows: Callable[[], Iterable[Row]]
    ) -> DltResource:
        """Return the resource that loads the rows into the table.

        A token that may not read one table leaves the others loading; the load is
        reported as failed once all of it is stored.
        """
        return table.resource(self._batches(table, rows))

    def closing_resources(self) -> Iterator[DltResource]:
        """Yield what every source ends with: vanished records, quarantine, counts."""
        yield self.resource(
            VANISHED_RECORDS, lambda: self._presence.vanished(self.as_of_at)
        )
        yield from self.counts.resources()

    def listed_whole(
        self, table: RawTable, ids: Iterable[str], *, key: tuple[str, ...] = ()
    ) -> None:
        """Note that exactly these records of a table exist: the others vanished.

        Call it only when a list was read to its end.

        Args:
            table: the table.
            ids: the records' keys, as `table.record_id` gives them.
            key: the columns of that key, where it is not the table's own.
        """
        self._presence.note(table, key or table.key, ids)

    def doubts(self, lost: int, known: int) -> bool:
        """Whether a loss of rows waits for the operator's word (BELIEVE_DELETIONS)."""
        return not self._believes_losses and is_doubtful(lost, known)

    def doubts_lost_days(
        self,
        table: RawTable,
        key: tuple[str, str],
        account_id: str,
        days: Mapping[str, Sequence[Row]],
        *,
        where: str,
    ) -> bool:
        """Whether so many days have lost all their figures that none is replaced.

        If so, that is reported, and their rows count as left out.

        Args:
            table: the table of figures.
            key: its columns of the account and the day.
            account_id: the account.
            days: the rows of each day as the vendor sends them now.
            where: an SQL condition that leaves out markers of days without figures.
        """
        empty = {f"{account_id}:{day}" for day, rows in days.items() if not rows}
        if not self.doubts(len(empty), len(empty)):
            return False
        asked = {f"{account_id}:{day}" for day in days}
        known = asked & known_ids(self._vendor, table, key, where=where)
        lost = known & empty
        if not self.doubts(len(lost), len(known)):
            return False
        counts = self.table(table)
        counts.skipped += sum(map(len, days.values()))
        said = f"{counts.refusal} " if counts.refusal else ""
        counts.refusal = (
            f"{said}{table.name}: {len(lost):,} of {len(known):,} days of account "
            f"{account_id} have no figures any more. If {self._vendor} lost them on "
            "purpose, load once with BELIEVE_DELETIONS=true; else the token probably "
            "lost permissions. Their former rows stay; everything else was loaded."
        )
        return True

    def known_ids(self, table: RawTable, *, where: str = "true") -> set[str]:
        """Return the keys of the records that the warehouse holds as existing.

        A source asks the vendor by id for those that a list lacks, before it calls
        `listed_whole` without them.

        Args:
            table: the table.
            where: an SQL condition on its rows.
        """
        return known_ids(self._vendor, table, table.key, where=where)

    def _batches(
        self, table: RawTable, rows: Callable[[], Iterable[Row]]
    ) -> Iterator[Any]:
        if probe := probing.get():
            self._try(probe, table, rows)
            return
        counts = self.table(table)
        if not table.exists_in(dlt.current.source_schema()):
            yield table.empty()
        if table.name in self._skipped:
            return
        batch: list[Row] = []
        with counts.timed():
            try:
                for row in rows():
                    batch.append(row)
                    if len(batch) == ROWS_PER_BATCH:
                        yield table.batch(batch, self.counts)
                        batch = []
            except ForbiddenError as error:
                counts.refusal = (
                    f"{table.name} was not loaded: {error}. Give the token the scope, "
                    f"or put {table.name} into SOURCES__{self._vendor.upper()}__SKIP. "
                    "Everything else was loaded."
                )
            if batch:
                yield table.batch(batch, self.counts)

    def _try(
        self, probe: Probe, table: RawTable, rows: Callable[[], Iterable[Row]]
    ) -> None:
        """Read the first rows of the table and say what was found; keep none."""
        if table is VANISHED_RECORDS:
            return
        skip = f"SOURCES__{self._vendor.upper()}__SKIP"
        if table.name in self._skipped:
            probe.found(table.name, "skipped", f"it is in {skip}")
            return
        started, answers, first = time.monotonic(), probe.answers, []
        try:
            with closing(_each(rows)) as read:
                for row in read:
                    first.append(row)
                    if probe.has_enough(len(first), started):
                        break
            table.batch(first, self.counts)
        except ForbiddenError as error:
            remedy = f"Give the token the scope, or put {table.name} into {skip}."
            probe.found(table.name, "not permitted", f"{error}. {remedy}")
        except (ApiError, SettingsError) as error:
            probe.found(table.name, "failed", str(error))
        except Exception as error:  # noqa: BLE001  the other tables are tried as well
            probe.found(table.name, "failed", f"{type(error).__name__}: {error}")
        else:
            bad = self.table(table).bad_values
            remark = f"{bad} of its first values do not fit their type" if bad else ""
            was_asked = probe.answers > answers or not probe.addresses
            nothing: State = "empty" if was_asked else "not asked"
            probe.found(table.name, "readable" if first else nothing, remark)

    def is_usable(self, table: RawTable, record: object, key: str = "id") -> bool:
        """Count a received record; quarantine one that has no key."""
        self.table(table).received += 1
        if isinstance(record, dict) and record.get(key) not in (None, ""):
            return True
        self.counts.reject_row(table.name, f"no {key}", raw_value=record)
        return False

    def is_before_start(self, modified: str | None) -> bool:
        """Whether the instant lies before the first day of interest."""
        if is_utc_text(modified) and modified >= self._start_text:
            return False
        try:
            return modified is not None and timestamp_value(modified) < self._start
        except BadValueError:
            return False

    def changed(
        self, table: RawTable, rows: Iterable[Row], *, whole: bool = True
    ) -> Iterator[Row]:
        """Yield those of all rows of a table that changed since the last load.

        Args:
            table: the table.
            rows: what the vendor has now.
            whole: whether that is all it has, so that a missing row has vanished.
        """
        counts = self.table(table)
        known = Fingerprints(dlt.current.resource_state())
        seen: set[str] = set()
        present: set[str] = set()
        for row in self._once(table, rows, seen):
            if whole and (stored_id := table.stored_id(row)):
                present.add(stored_id)
            if known.changed(table.record_id(row), row) or self.read_all:
                yield row
            else:
                counts.skipped += 1
        known.keep_only(seen)
        if whole:
            self.listed_whole(table, present)

    def versions(self, table: RawTable, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield a new version of each row that changed since the last load."""
        counts = self.table(table)
        known = Fingerprints(dlt.current.resource_state())
        ids: set[str] = set()
        for row in self._once(table, rows, set()):
            ids.add(str(row["id"]))
            version = known.version(str(row["id"]), row)
            if version is None:
                counts.skipped += 1
                continue
            yield {**row, "row_hash": version, "extracted_at": self.as_of_at}
        known.note_absent(ids)
        self.listed_whole(table, ids, key=("id",))

    def _once(
        self, table: RawTable, rows: Iterable[Row], seen: set[str]
    ) -> Iterator[Row]:
        for row in rows:
            row_id = table.record_id(row)
            if row_id in seen:
                self.table(table).duplicates += 1
                continue
            seen.add(row_id)
            yield row


def _each(rows: Callable[[], Iterable[Row]]) -> Generator[Row]:
    """Yield the rows: a generator can be closed before its end."""
    yield from rows()
