"""The warehouse: one DuckDB file, written by one dlt pipeline per vendor.

Every vendor loads into its own dataset `raw_<vendor>` with its own working directory
below `settings.pipelines_dir`. Nothing is written outside `settings.warehouse_dir`.
"""

import os
import re
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dlt
import duckdb
from dlt.common.runtime.collector import NULL_COLLECTOR, Collector
from dlt.pipeline.exceptions import PipelineStepFailed

from ingestion.settings import Settings

# Set only where the environment is silent, so a user can still override one.
DLT_DEFAULTS = {
    # duck_case keeps Persian column names and refuses names that differ only by case;
    # dlt's default folds both silently.
    "SCHEMA__NAMING": "duck_case",
    # Resources run one after the other: associations need the ids that changed, and the
    # counts close the package.
    "EXTRACT__NEXT_ITEM_MODE": "fifo",
    "NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID": "true",
    # Neither the working directory nor the staging dataset keeps copies of personal data.
    "LOAD__DELETE_COMPLETED_JOBS": "true",
    "LOAD__TRUNCATE_STAGING_DATASET": "true",
    # Rows of a replaced table are never missing while it is loaded.
    "DESTINATION__REPLACE_STRATEGY": "insert-from-staging",
    "RUNTIME__DLTHUB_TELEMETRY": "false",
    # Failures are raised with their cause; dlt would also log them, a page each.
    "RUNTIME__LOG_LEVEL": "CRITICAL",
    # 1 + 2 + 4 + … seconds, each wait capped by the source: about a minute and a half.
    "RUNTIME__REQUEST_MAX_ATTEMPTS": "8",
}
# Enough to look into the loads of the last days.
KEPT_PACKAGES = 20
_TYPES = {
    "text": {"data_type": "text"},
    "bigint": {"data_type": "bigint"},
    "double": {"data_type": "double"},
    "bool": {"data_type": "bool"},
    "date": {"data_type": "date"},
    "json": {"data_type": "json"},
    "timestamp": {"data_type": "timestamp", "timezone": True, "precision": 6},
}
_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_LOCK_HOLDER = re.compile(r"held in (?P<program>.+?)\(PID (?P<pid>\d+)\)")


class WarehouseError(Exception):
    """The warehouse cannot be used; the message names the file and the remedy."""


def dataset_name(vendor: str) -> str:
    """Return the schema that holds the vendor's raw tables."""
    return f"raw_{vendor}"


def column_hints(
    columns: Mapping[str, str], *, newest_by: str | None = None
) -> dict[str, Any]:
    """Return dlt column hints for declared types.

    Args:
        columns: column name to type: text, bigint, double, bool, date, json, timestamp
            (with time zone), decimal (38,9) or `decimal(p,s)`.
        newest_by: the column by which the newest of two rows with one key wins.
    """
    hints: dict[str, Any] = {}
    for name, declared in columns.items():
        if size := decimal_size(declared):
            hint = {"data_type": "decimal", "precision": size[0], "scale": size[1]}
        else:
            hint = dict(_TYPES[declared])
        hints[name] = {"name": name, "nullable": True, **hint}
    if newest_by:
        hints[newest_by]["dedup_sort"] = "desc"
    return hints


def decimal_size(declared: str) -> tuple[int, int] | None:
    """Return precision and scale of a declared decimal type, None for other types."""
    if declared == "decimal":
        return 38, 9
    sized = _DECIMAL.fullmatch(declared)
    return (int(sized[1]), int(sized[2])) if sized else None


def configure_dlt(settings: Settings) -> None:
    """Set the project's defaults for dlt in the environment, below the user's own."""
    for name, value in DLT_DEFAULTS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DLT_DATA_DIR", str(settings.pipelines_dir))


def pipeline_for(
    vendor: str, settings: Settings, progress: Collector | None = None
) -> dlt.Pipeline:
    """Return the vendor's dlt pipeline into the warehouse."""
    configure_dlt(settings)
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    return dlt.pipeline(
        pipeline_name=vendor,
        pipelines_dir=str(settings.pipelines_dir),
        destination=dlt.destinations.duckdb(
            credentials=str(settings.warehouse_path), naming_convention="duck_case"
        ),
        dataset_name=dataset_name(vendor),
        progress=progress or NULL_COLLECTOR,
    )


@contextmanager
def connect(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    """Open the warehouse for writing, with the session in UTC.

    Raises:
        WarehouseError: another process holds the file.
    """
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    with helpful_locks(settings):
        connection = duckdb.connect(str(settings.warehouse_path))
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection
    finally:
        connection.close()


@contextmanager
def helpful_locks(settings: Settings) -> Generator[None]:
    """Turn DuckDB's lock error into one that names holder and remedy.

    Raises:
        WarehouseError: another process holds the file.
    """
    try:
        yield
    except duckdb.IOException as error:
        if "Could not set lock on file" not in str(error):
            raise
        message = _locked_message(settings.warehouse_path, str(error))
        raise WarehouseError(message) from None


def _locked_message(path: Path, text: str) -> str:
    holder = "another process"
    if found := _LOCK_HOLDER.search(text):
        holder = f"process {found['pid']} ({found['program'].strip()})"
    return (
        f"The warehouse {path} is held by {holder}. DuckDB lets one process write and "
        "nobody else read meanwhile. Wait for that run or end that process, and let BI "
        "and notebooks open the published copy instead of this file."
    )


def finish_pending(pipeline: dlt.Pipeline) -> None:
    """Load what an earlier, killed run had extracted; give up what cannot be loaded.

    A package that breaks a contract or whose job failed for good would make every later
    run ignore new data. It is aborted: dlt then rewinds the cursors to before it, so the
    next extraction reads the same records again and nothing is lost.
    """
    if not pipeline.has_pending_data:
        return
    try:
        pipeline.normalize()
        pipeline.load(raise_on_failed_jobs=True)
    except PipelineStepFailed:
        abort_pending(pipeline)


def abort_pending(pipeline: dlt.Pipeline) -> None:
    """Abort every pending package and rewind the pipeline's state to before them."""
    if not pipeline.has_pending_data:
        return
    try:
        pipeline.abort_packages()
    except PipelineStepFailed:
        # dlt reports the abort it has just done as a failed load step.
        if pipeline.has_pending_data:
            raise


def forget_old_packages(pipeline: dlt.Pipeline) -> None:
    """Delete what dlt keeps of packages loaded long ago, 200 kB for each load."""
    loaded = Path(pipeline.working_dir) / "load" / "loaded"
    for load_id in sorted(pipeline.list_completed_load_packages())[:-KEPT_PACKAGES]:
        shutil.rmtree(loaded / load_id, ignore_errors=True)


def delete_rows_of_unfinished_loads(
    vendor: str, connection: duckdb.DuckDBPyConnection
) -> int:
    """Delete rows whose load never finished, and return how many there were.

    Only a load that was given up leaves such rows. They are invisible to staging, but an
    insert-only table would keep their keys from ever being loaded again.
    """
    schema = dataset_name(vendor)
    deleted = 0
    for table in raw_tables(connection, schema):
        # A delete that finds nothing still writes to the file; ask first.
        orphans = f"""
            from "{schema}"."{table}" where _dlt_load_id not in (
                select load_id from "{schema}"._dlt_loads where status = 0)
        """
        if connection.execute(f"select 1 {orphans} limit 1").fetchone():
            found = connection.execute(f"delete {orphans}").fetchone()
            deleted += found[0] if found else 0
    return deleted


def raw_tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """Return the tables of the schema whose rows carry a dlt load id."""
    found = connection.execute(
        """
        select table_name from duckdb_columns()
        where database_name = current_database() and schema_name = ?
            and column_name = '_dlt_load_id'
        order by table_name
        """,
        [schema],
    )
    return [name for (name,) in found.fetchall()]


def refuse_slow_jobs(pipeline: dlt.Pipeline) -> None:
    """Check that no table is about to be loaded as SQL text, which is 6 times slower.

    Raises:
        WarehouseError: names the tables; the resource lacks its `file_format`.
    """
    slow = {
        job.job_file_info.table_name
        for load_id in pipeline.list_normalized_load_packages()
        for job in pipeline.get_load_package_info(load_id).jobs["new_jobs"]
        if job.job_file_info.file_format == "insert_values"
        and not job.job_file_info.table_name.startswith("_dlt")
    }
    if slow:
        message = (
            f"{pipeline.pipeline_name}: {', '.join(sorted(slow))} would be loaded as "
            "insert_values. Declare the resource with file_format='parquet'."
        )
        raise WarehouseError(message)
