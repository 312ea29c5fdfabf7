"""What became of every record of a load: loaded, duplicate, quarantined or skipped.

A source counts what it receives with `Counts`; the counts travel in the load package
itself (table `extraction_counts`), so they are as durable as the rows. After the load
`reconcile` measures what arrived and stores one row per table in
`load_reconciliation`. A load that was killed in between is reconciled by the next run.
"""

import hashlib
import time
import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dlt
import duckdb
from dlt.extract import DltResource

from ingestion.warehouse import column_hints

# Long enough to recognise a value, short enough not to store a document.
RAW_VALUE_LENGTH = 1_000
QUARANTINE_COLUMNS = {
    "quarantine_id": "text",
    "table_name": "text",
    "record_id": "text",
    "field_name": "text",
    "reason": "text",
    "raw_value": "text",
    "source_file": "text",
}
COUNT_COLUMNS = {
    "extraction_id": "text",
    "table_name": "text",
    "received_count": "bigint",
    "duplicate_count": "bigint",
    "quarantined_count": "bigint",
    "skipped_count": "bigint",
    "bad_value_count": "bigint",
    "is_insert_only": "bool",
    "extraction_seconds": "double",
    "refusal": "text",
}
_RECONCILIATION = """
    create table if not exists "{schema}".load_reconciliation (
        load_id varchar, table_name varchar,
        received_count bigint, loaded_count bigint, duplicate_count bigint,
        quarantined_count bigint, skipped_count bigint, bad_value_count bigint,
        is_balanced boolean, extraction_seconds double, loaded_at timestamptz)
"""


@dataclass
class TableCounts:
    """What a source saw for one table during one extraction.

    Attributes:
        received: records that the vendor sent for the table.
        duplicates: of these, further copies of a record already received.
        quarantined: of these, unusable as a row; each has a quarantine row.
        skipped: of these, known to be unchanged or out of range; left out on purpose.
        bad_values: values (not rows) that were replaced by NULL; each has a quarantine
            row.
        is_insert_only: the load itself leaves out rows that the table already has;
            they count as duplicates.
        seconds: time spent on receiving them.
        refusal: why the vendor did not let us read the table, if so.
    """

    received: int = 0
    duplicates: int = 0
    quarantined: int = 0
    skipped: int = 0
    bad_values: int = 0
    is_insert_only: bool = False
    seconds: float = 0.0
    refusal: str | None = None

    @contextmanager
    def timed(self) -> Generator["TableCounts"]:
        """Add the time spent inside the block."""
        started = time.perf_counter()
        try:
            yield self
        finally:
            self.seconds += time.perf_counter() - started


class Counts:
    """The counts and the quarantine of one extraction of one source.

    A source makes one, counts into `table(name)`, reports unusable records with
    `reject_row` and unusable values with `reject_value`, and returns `resources()` as
    its last resources.
    """

    def __init__(self) -> None:
        self._extraction_id = uuid.uuid4().hex
        self._tables: dict[str, TableCounts] = {}
        self._quarantine: dict[str, dict[str, Any]] = {}

    def table(self, name: str, *, is_insert_only: bool = False) -> TableCounts:
        """Return the table's counts, at zero the first time."""
        counts = self._tables.get(name)
        if counts is None:
            counts = self._tables[name] = TableCounts()
        counts.is_insert_only |= is_insert_only
        return counts

    def reject_row(
        self,
        table: str,
        reason: str,
        *,
        record_id: str | None = None,
        raw_value: object = None,
        source_file: str | None = None,
    ) -> None:
        """Quarantine a record that cannot become a row."""
        self.table(table).quarantined += 1
        self._add(table, record_id, None, reason, raw_value, source_file)

    def reject_value(
        self,
        table: str,
        field_name: str,
        reason: str,
        *,
        record_id: str | None = None,
        raw_value: object = None,
        source_file: str | None = None,
    ) -> None:
        """Quarantine a value; its row is loaded with NULL in that column."""
        self.table(table).bad_values += 1
        self._add(table, record_id, field_name, reason, raw_value, source_file)

    def report_drift(self, table: str, field_name: str, reason: str) -> None:
        """Store that the vendor lacks or changed a field; no row or value is lost."""
        self._add(table, None, field_name, reason, None, None)

    def _add(
        self,
        table: str,
        record_id: str | None,
        field_name: str | None,
        reason: str,
        raw_value: object,
        source_file: str | None,
    ) -> None:
        value = None
        if raw_value is not None:
            # Half of a character is no text, and no reason to stop the load.
            text = str(raw_value)[:RAW_VALUE_LENGTH]
            value = text.encode(errors="replace").decode()
        parts = [table, record_id, field_name, reason, value, source_file]
        occurrence = 0
        while (key := _digest([*parts, str(occurrence)])) in self._quarantine:
            occurrence += 1
        names = list(QUARANTINE_COLUMNS)
        self._quarantine[key] = dict(zip(names, [key, *parts], strict=True))

    def resources(self) -> list[DltResource]:
        """Return the resources that carry quarantine and counts; they must run last."""
        return [
            dlt.resource(
                self._quarantined_rows(),
                name="quarantine",
                columns=column_hints(QUARANTINE_COLUMNS),
                primary_key="quarantine_id",
                write_disposition={
                    "disposition": "merge",
                    "strategy": "delete-insert",
                },
                file_format="parquet",
            ),
            dlt.resource(
                self._counted_tables(),
                name="extraction_counts",
                columns=column_hints(COUNT_COLUMNS),
                primary_key=["extraction_id", "table_name"],
                write_disposition={
                    "disposition": "merge",
                    "strategy": "delete-insert",
                },
                file_format="parquet",
            ),
        ]

    def _quarantined_rows(self) -> Iterator[Any]:
        if "quarantine" not in dlt.current.source_schema().data_table_names(
            seen_data_only=True
        ):
            yield dlt.mark.materialize_table_schema()
        if self._quarantine:
            yield list(self._quarantine.values())

    def _counted_tables(self) -> Iterator[Any]:
        yield [
            {
                "extraction_id": self._extraction_id,
                "table_name": name,
                "received_count": counts.received,
                "duplicate_count": counts.duplicates,
                "quarantined_count": counts.quarantined,
                "skipped_count": counts.skipped,
                "bad_value_count": counts.bad_values,
                "is_insert_only": counts.is_insert_only,
                "extraction_seconds": counts.seconds,
                "refusal": counts.refusal,
            }
            for name, counts in self._tables.items()
        ]


def _digest(parts: list[str | None]) -> str:
    text = "\x1f".join("\x00" if part is None else part for part in parts)
    return hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class TableResult:
    """What became of the records of one table in one load."""

    table: str
    received: int
    loaded: int
    duplicates: int
    quarantined: int
    skipped: int
    bad_values: int
    seconds: float
    refusal: str | None = None

    @property
    def is_balanced(self) -> bool:
        """Whether every received record is accounted for."""
        rejected = self.duplicates + self.quarantined + self.skipped
        return self.received == self.loaded + rejected


@dataclass(frozen=True)
class Reconciliation:
    """What became of the records of one load."""

    load_id: str
    tables: list[TableResult] = field(default_factory=list)

    @property
    def unbalanced(self) -> list[TableResult]:
        """The tables where records are missing or multiplied."""
        return [table for table in self.tables if not table.is_balanced]


def reconcile(
    connection: duckdb.DuckDBPyConnection, schema: str
) -> list[Reconciliation]:
    """Reconcile every finished load of the schema that is not reconciled yet.

    Must run before the next load: a later load replaces rows of this one.
    """
    connection.execute(_RECONCILIATION.format(schema=schema))
    waiting = connection.execute(
        f"""
        select load_id from "{schema}"._dlt_loads as loads
        where status = 0
            and exists (
                select 1 from "{schema}".extraction_counts as counts
                where counts._dlt_load_id = loads.load_id)
            and not exists (
                select 1 from "{schema}".load_reconciliation as done
                where done.load_id = loads.load_id)
        order by load_id
        """
    ).fetchall()
    return [_reconcile_load(connection, schema, load_id) for (load_id,) in waiting]


def _reconcile_load(
    connection: duckdb.DuckDBPyConnection, schema: str, load_id: str
) -> Reconciliation:
    counted = connection.execute(
        f"""
        select table_name, received_count, duplicate_count, quarantined_count,
            skipped_count, bad_value_count, is_insert_only, extraction_seconds, refusal
        from "{schema}".extraction_counts where _dlt_load_id = ? order by table_name
        """,
        [load_id],
    ).fetchall()
    results = []
    for name, received, duplicates, quarantined, skipped, *rest in counted:
        bad_values, is_insert_only, seconds, refusal = rest
        loaded = _loaded_rows(connection, schema, name, load_id)
        left_out = received - duplicates - quarantined - skipped - loaded
        known = max(left_out, 0) if is_insert_only else 0
        results.append(
            TableResult(
                table=name,
                received=received,
                loaded=loaded,
                duplicates=duplicates + known,
                quarantined=quarantined,
                skipped=skipped,
                bad_values=bad_values,
                seconds=seconds,
                refusal=refusal,
            )
        )
    rows = [
        [
            *(load_id, r.table, r.received, r.loaded, r.duplicates, r.quarantined),
            *(r.skipped, r.bad_values, r.is_balanced, r.seconds, load_id),
        ]
        for r in results
    ]
    # One transaction: a load is reconciled whole or not at all. A load id is the Unix
    # time of the load.
    connection.execute("begin")
    connection.executemany(
        f"""
        insert into "{schema}".load_reconciliation
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, to_timestamp(cast(? as double)))
        """,
        rows,
    )
    connection.execute("commit")
    return Reconciliation(load_id, results)


def _loaded_rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, load_id: str
) -> int:
    exists = connection.execute(
        """
        select 1 from duckdb_tables() where database_name = current_database()
            and schema_name = ? and table_name = ?
        """,
        [schema, table],
    ).fetchone()
    if not exists:
        return 0
    found = connection.execute(
        f'select count(*) from "{schema}"."{table}" where _dlt_load_id = ?', [load_id]
    ).fetchone()
    return found[0] if found else 0
