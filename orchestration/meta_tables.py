"""The tables of `meta` in the published file: what each of them and its columns say.

BI reads them beside the numbers: how fresh, how checked, how often restated. Times are
UTC. Nothing in them comes from a row of a person; reasons and samples are masked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from ingestion.json_lines import literal

_ROWS_PER_STATEMENT = 200


@dataclass(frozen=True)
class MetaTable:
    """A table of `meta`: its comment, and of each column the type and the comment."""

    name: str
    comment: str
    columns: dict[str, tuple[str, str]]

    def create(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table, empty, with its comments."""
        columns = ", ".join(
            f"{name} {kind}" for name, (kind, _) in self.columns.items()
        )
        connection.execute(f"create table meta.{self.name} ({columns})")
        connection.execute(
            f"comment on table meta.{self.name} is {literal(self.comment)}"
        )
        for name, (_, comment) in self.columns.items():
            connection.execute(
                f"comment on column meta.{self.name}.{name} is {literal(comment)}"
            )

    def fill(
        self, connection: duckdb.DuckDBPyConnection, rows: Sequence[Sequence[Any]]
    ) -> None:
        """Add the rows; their values stand in the order of the columns."""
        one = f"({', '.join('?' * len(self.columns))})"
        for start in range(0, len(rows), _ROWS_PER_STATEMENT):
            part = rows[start : start + _ROWS_PER_STATEMENT]
            connection.execute(
                f"insert into meta.{self.name} values {', '.join([one] * len(part))}",
                [value for row in part for value in row],
            )

    def carry_over(
        self,
        connection: duckdb.DuckDBPyConnection,
        before: str | None,
        where: str = "true",
    ) -> None:
        """Add the rows that the version before had, where it had such a table.

        Columns that it did not have yet are NULL.
        """
        if before is None:
            return
        known = {
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where database_name = ? "
                "and schema_name = 'meta' and table_name = ?",
                [before, self.name],
            ).fetchall()
        }
        if not known:
            return
        said = ", ".join(name for name in self.columns if name in known)
        connection.execute(
            f"insert into meta.{self.name} ({said}) "
            f'select {said} from "{before}".meta.{self.name} where {where}'
        )


PUBLISHED = MetaTable(
    "published",
    "One row: the version of this file, its clock and the loads it stands on.",
    {
        "version": ("varchar", "The version's name, its folder below published/."),
        "as_of": ("timestamp", "The clock of the run: what came later is not counted."),
        "built_at": ("timestamp", "When this file was made."),
        "run_id": ("varchar", "Dagster's run that published it."),
        "base_currency": ("varchar", "The currency of every *_amount_base."),
        "reporting_timezone": ("varchar", "The zone of every *_date."),
        "load_ids": ("json", "The newest finished load of each vendor."),
    },
)
EMPTY_TABLES = MetaTable(
    "empty_tables",
    "One row per published table without rows, and why it has none.",
    {
        "table_schema": ("varchar", "marts or kpis."),
        "table_name": ("varchar", "The table."),
        "reason": (
            "varchar",
            "The missing category of vendors, or the lack of records.",
        ),
    },
)
TABLES = MetaTable(
    "tables",
    "One row per published table: how fresh it is, how checked and how often restated.",
    {
        "table_schema": ("varchar", "marts or kpis."),
        "table_name": ("varchar", "The table."),
        "owner": ("varchar", "Who decides what its numbers mean."),
        "kpi_numbers": ("varchar", "The KPIs it answers, such as K1, K2."),
        "row_count": ("bigint", "Its rows in this version; NULL for a view."),
        "vendors": ("varchar", "The vendors that feed it, comma-separated."),
        "freshness_status": (
            "varchar",
            (
                "The worst of its vendors when this was published: fresh, late, stale, never "
                "loaded; NULL where no vendor feeds it."
            ),
        ),
        "oldest_loaded_at": (
            "timestamp",
            (
                "When the vendor that was loaded longest ago was loaded: what happened there "
                "later is missing."
            ),
        ),
        "newest_loaded_at": ("timestamp", "When the vendor loaded last was loaded."),
        "check_count": ("bigint", "Checks on the table itself that have ever run."),
        "failing_check_count": ("bigint", "Those of them that found something."),
        "upstream_failing_check_count": (
            "bigint",
            (
                "Checks that found something on what the table is made of, raw tables "
                "included."
            ),
        ),
        "last_checked_at": ("timestamp", "When one of its own checks last ran."),
        "finality_days": (
            "bigint",
            (
                "How many days after a period's end its numbers may still change; NULL where "
                "no period becomes final."
            ),
        ),
        "restated_period_count": (
            "bigint",
            "Final periods that changed in the last 90 days (meta.kpi_restatements).",
        ),
        "definition_digest": (
            "varchar",
            "Changes when the table's SQL or that of anything above it does.",
        ),
    },
)
SOURCES = MetaTable(
    "sources",
    "One row per vendor in use: its last load, its limit and what is to be said of it.",
    {
        "vendor": ("varchar", "The vendor."),
        "categories": ("varchar", "The categories it is used for, comma-separated."),
        "freshness_status": (
            "varchar",
            "When this was published: fresh, late, stale or never loaded.",
        ),
        "last_loaded_at": ("timestamp", "The time of its last load that finished."),
        "last_load_id": ("varchar", "The load, as in _dlt_load_id of the raw rows."),
        "late_hours": ("double", "From this age on a load is late."),
        "stale_hours": ("double", "And from this age on stale."),
        "loaded_count": ("bigint", "Rows that the last load brought."),
        "quarantined_count": ("bigint", "Records that the last load rejected."),
    },
)
LOADS = MetaTable(
    "loads",
    "One row per vendor, load and raw table of the last 90 days: received = loaded + "
    "duplicates + quarantined + skipped.",
    {
        "vendor": ("varchar", "The vendor."),
        "load_id": ("varchar", "The load, as in _dlt_load_id of the raw rows."),
        "table_name": ("varchar", "The table in raw_<vendor>."),
        "loaded_at": ("timestamp", "When the load was reconciled."),
        "received_count": ("bigint", "Records that the vendor sent."),
        "loaded_count": ("bigint", "Rows that the load wrote."),
        "duplicate_count": ("bigint", "Records that were sent twice."),
        "quarantined_count": ("bigint", "Records that could not be a row."),
        "skipped_count": ("bigint", "Records that were known already."),
        "bad_value_count": ("bigint", "Values that became NULL; their rows are there."),
        "is_balanced": ("boolean", "Whether the counts add up."),
        "extraction_seconds": ("double", "How long fetching took."),
    },
)
REJECTED_ROWS = MetaTable(
    "rejected_rows",
    "One row per vendor, raw table, field and reason: what was put in quarantine. What "
    "the reason quotes is masked; the values are in raw_<vendor>.quarantine.",
    {
        "vendor": ("varchar", "The vendor."),
        "table_name": ("varchar", "The table in raw_<vendor>."),
        "field_name": ("varchar", "The field; NULL where the whole record is meant."),
        "reason": ("varchar", "Why, with … for what it quotes and # for numbers."),
        "rejected_count": ("bigint", "Records or values."),
        "first_rejected_at": ("timestamp", "The load that found the first of them."),
        "last_rejected_at": ("timestamp", "The load that found the last of them."),
    },
)
RUNS = MetaTable(
    "runs",
    "One row per run of the last 90 days, also those that failed.",
    {
        "run_id": ("varchar", "Dagster's id of it."),
        "job_name": ("varchar", "The job."),
        "status": (
            "varchar",
            "success, failure, canceled; started for this file's own.",
        ),
        "started_at": ("timestamp", "When it began."),
        "ended_at": ("timestamp", "When it ended."),
        "updated_at": ("timestamp", "When its status last changed."),
        "trigger": ("varchar", "by hand, retry, backfill, or the schedule or sensor."),
    },
)
CHECKS = MetaTable(
    "checks",
    "One row per check that ever ran: what it found last. A check of raw tables that "
    "found an error keeps its run from publishing, so it shows here once it is repaired.",
    {
        "asset_key": ("varchar", "What it checks, such as kpis/kpi_sales."),
        "table_schema": ("varchar", "The schema of what it checks."),
        "table_name": ("varchar", "The table that it checks."),
        "check_name": ("varchar", "The check."),
        "is_passed": ("boolean", "Whether it found nothing."),
        "severity": ("varchar", "warning, or error: then nothing is built on it."),
        "status": ("varchar", "passed, failed, warn, or error: it could not run."),
        "description": ("varchar", "What it found; samples are masked."),
        "failing_count": ("bigint", "Rows or keys that fail, where they were counted."),
        "checked_at": ("timestamp", "When it last ran."),
        "failing_since": ("timestamp", "Since when it fails; NULL where it passed."),
        "run_id": ("varchar", "The run."),
    },
)
FINDINGS = MetaTable(
    "findings",
    "One row per thing that looked wrong when this version was published: late sources, "
    "lost rows, changed columns, unusual days, restated periods.",
    {
        "check_name": ("varchar", "The check of published/warehouse that found it."),
        "severity": ("varchar", "warning or error."),
        "subject": ("varchar", "The vendor, table or day."),
        "description": ("varchar", "What was found."),
        "expected_value": ("double", "What was expected, where it is a number."),
        "found_value": ("double", "What was found."),
    },
)
RAW_COLUMNS = MetaTable(
    "raw_columns",
    "One row per column of the raw tables, with the version that first had it.",
    {
        "vendor": ("varchar", "The vendor."),
        "table_name": ("varchar", "The table in raw_<vendor>."),
        "column_name": ("varchar", "The column."),
        "data_type": ("varchar", "Its type."),
        "first_seen_at": ("timestamp", "When the first version that had it was built."),
    },
)
SCHEMA_CHANGES = MetaTable(
    "schema_changes",
    "One row per change of a raw table's columns, and the version that saw it first.",
    {
        "version": ("varchar", "The published version."),
        "seen_at": ("timestamp", "When it was built."),
        "vendor": ("varchar", "The vendor."),
        "table_name": ("varchar", "The table in raw_<vendor>."),
        "column_name": ("varchar", "The column."),
        "change_type": (
            "varchar",
            "added, removed, retyped; emptied: always filled before, empty since.",
        ),
        "old_type": ("varchar", "Its type before."),
        "new_type": ("varchar", "Its type since."),
    },
)
RESTATEMENTS = MetaTable(
    "kpi_restatements",
    "One row per KPI measure, period and kind of scope that changed although the period "
    "was final: complete, and older than the table's finality_days.",
    {
        "version": ("varchar", "The published version that has the new value."),
        "restated_at": ("timestamp", "When it was built."),
        "prior_version": ("varchar", "The version that had the old value."),
        "table_name": ("varchar", "The table in kpis."),
        "period_type": ("varchar", "month, jalali_month, …; NULL for a daily table."),
        "first_period_date": ("date", "First day of the (first) period."),
        "last_period_date": (
            "date",
            (
                "First day of the last one; differs only where a version restates so much "
                "that a table's periods are told together."
            ),
        ),
        "period_count": ("bigint", "How many periods are told together."),
        "measure_name": ("varchar", "The column."),
        "scope_type": ("varchar", "total, region, …; NULL for a table without scopes."),
        "changed_row_count": ("bigint", "Rows with another value."),
        "added_row_count": ("bigint", "Rows that the period had not."),
        "removed_row_count": ("bigint", "Rows that the period has no more."),
        "old_value": (
            "double",
            "The value before, summed over these rows; NULL for a ratio of several.",
        ),
        "new_value": ("double", "The same in the new version."),
        "cause": (
            "varchar",
            (
                "definition: the SQL or a business constant changed; settings: currency, zone "
                "or vendors did; data: a vendor corrected or sent late; clock: none of these, "
                "the table depends on the day it is computed."
            ),
        ),
        "vendors": (
            "varchar",
            "The vendors that feed the table and were loaded since.",
        ),
    },
)
EVERY = (
    PUBLISHED,
    EMPTY_TABLES,
    TABLES,
    SOURCES,
    LOADS,
    REJECTED_ROWS,
    RUNS,
    CHECKS,
    FINDINGS,
    RAW_COLUMNS,
    SCHEMA_CHANGES,
    RESTATEMENTS,
)
