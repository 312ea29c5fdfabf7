"""Load vendors into the warehouse: extract, load, reconcile, one process for all.

`python -m ingestion` and the orchestration both call this; it knows no vendor by name.
"""

import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dlt
import duckdb
from dlt.common.configuration.exceptions import ConfigurationException
from dlt.common.runtime.collector import Collector
from dlt.extract import DltSource
from dlt.pipeline.exceptions import PipelineStepFailed
from dotenv import dotenv_values

from ingestion import warehouse
from ingestion.days import Days
from ingestion.erasure import Erasures
from ingestion.reconcile import Reconciliation, TableResult, reconcile
from ingestion.rest import ApiError
from ingestion.settings import Settings, SettingsError
from ingestion.vendors import source_module, used_vendors


class LoadError(Exception):
    """A load failed; the message names the vendor, the cause and the remedy."""


@dataclass(frozen=True)
class Progress:
    """How far a load is: rows of one table so far, or of a finished table."""

    vendor: str
    table: str
    rows: int
    seconds: float
    is_finished: bool = False


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True)
class LoadResult:
    """What one load of one vendor brought."""

    vendor: str
    load_id: str
    tables: list[TableResult] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def received(self) -> int:
        """Records that the vendor sent."""
        return sum(table.received for table in self.tables)

    @property
    def loaded(self) -> int:
        """Rows that arrived in the warehouse."""
        return sum(table.loaded for table in self.tables)

    @property
    def quarantined(self) -> int:
        """Records that could not become a row."""
        return sum(table.quarantined for table in self.tables)

    @property
    def bad_values(self) -> int:
        """Values that were replaced by NULL."""
        return sum(table.bad_values for table in self.tables)


class _ExtractProgress(Collector):
    """Hands dlt's counts per table to the caller's callback while it extracts."""

    def __init__(self, vendor: str, callback: ProgressCallback) -> None:
        self._vendor = vendor
        self._callback = callback
        self._rows: dict[str, int] = {}
        self._started = time.perf_counter()

    def _start(self, step: str) -> None:
        self._rows.clear()

    def _stop(self) -> None:
        self._rows.clear()

    def update(
        self,
        name: str,
        inc: int = 1,
        total: int | None = None,
        inc_total: int | None = None,
        message: str | None = None,
        label: str | None = None,
    ) -> None:
        """Report rows of a table during the extraction; ignore dlt's other counters."""
        if not self.step.startswith("Extract") or label or name == "Resources":
            return
        self._rows[name] = self._rows.get(name, 0) + inc
        elapsed = time.perf_counter() - self._started
        self._callback(Progress(self._vendor, name, self._rows[name], elapsed))


def load_all(
    settings: Settings,
    vendors: list[str] | None = None,
    progress: ProgressCallback | None = None,
    *,
    read_all: bool = False,
) -> list[LoadResult]:
    """Load every used vendor (or those named) in this process.

    A vendor that fails does not keep the others from loading.

    Args:
        settings: the run's settings.
        vendors: the vendors to load, default all of the map.
        progress: told how far each table is.
        read_all: read everything again, not only what changed.

    Raises:
        LoadError: one line per vendor that failed.
    """
    results, failures = [], []
    chosen = vendors or used_vendors(settings)
    wishes = _wishes(chosen) if read_all else {}
    with source_environment(settings, chosen, **wishes):
        for vendor in chosen:
            try:
                results.append(_load(vendor, settings, progress))
            except (LoadError, warehouse.WarehouseError) as error:
                failures.append(str(error))
    if failures:
        raise LoadError("\n".join(failures))
    return results


def load_vendor(
    vendor: str,
    settings: Settings,
    progress: ProgressCallback | None = None,
    *,
    read_all: bool = False,
    days: Days | None = None,
) -> LoadResult:
    """Load one vendor and check that every record it sent is accounted for.

    Args:
        vendor: the vendor id.
        settings: the run's settings.
        progress: told how far each table is.
        read_all: read everything again, not only what changed.
        days: read these days again, whatever was read before; only of a vendor whose
            source takes `days`.

    Raises:
        LoadError: names the vendor, the cause and the remedy.
        WarehouseError: the warehouse is held by another process.
    """
    wishes = _wishes([vendor]) if read_all else {}
    if days:
        wishes[f"SOURCES__{vendor.upper()}__DAYS"] = f"{days[0]}/{days[1]}"
    with source_environment(settings, [vendor], **wishes):
        return _load(vendor, settings, progress)


def _wishes(vendors: list[str]) -> dict[str, str]:
    return {f"SOURCES__{vendor.upper()}__READ_ALL": "true" for vendor in vendors}


@contextmanager
def source_environment(
    settings: Settings, vendors: list[str], **wishes: str
) -> Generator[None]:
    """Let the vendors' sources find their APIs and secrets in the environment.

    In live mode these are the user's own variables, `.env` included. In sandbox mode
    the sandbox is started for as long as the block runs, if it has an API for any of
    the vendors; nested use starts nothing.
    """
    with _source_variables(settings, vendors) as found:
        variables = {**found, **wishes}
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


@contextmanager
def _source_variables(
    settings: Settings, vendors: list[str]
) -> Generator[dict[str, str]]:
    if settings.sources == "live":
        yield _dotenv_variables(settings)
    elif os.environ.get(_SANDBOX_RUNS) == str(settings.sandbox_dir):
        yield {}
    else:
        from ingestion.sandbox.generator import ensure_company
        from ingestion.sandbox.server.vendors import served_vendors

        ensure_company(settings)
        if not set(vendors) & set(served_vendors()):
            yield {}
            return
        from ingestion.sandbox.process import SandboxError, running_sandbox

        try:
            with running_sandbox(settings) as variables:
                yield {**variables, _SANDBOX_RUNS: str(settings.sandbox_dir)}
        except SandboxError as error:
            raise LoadError(str(error)) from error


_SANDBOX_RUNS = "SANDBOX_IS_RUNNING"


def _dotenv_variables(settings: Settings) -> dict[str, str]:
    """Return the sources' variables of `.env`; the environment's own win."""
    path = settings.model_config.get("env_file")
    written = dotenv_values(path) if isinstance(path, Path) else {}
    return {
        name: value
        for name, value in written.items()
        if name.startswith("SOURCES__") and value and name not in os.environ
    }


def _load(
    vendor: str, settings: Settings, progress: ProgressCallback | None
) -> LoadResult:
    # Held all along: a second run must be told at once, not after an hour of reading.
    with warehouse.connect(settings) as connection:
        return _load_with(connection, vendor, settings, progress)


def _load_with(
    connection: duckdb.DuckDBPyConnection,
    vendor: str,
    settings: Settings,
    progress: ProgressCallback | None,
) -> LoadResult:
    started = time.perf_counter()
    collector = _ExtractProgress(vendor, progress) if progress else None
    pipeline = warehouse.pipeline_for(vendor, settings, collector)
    with _named_failures(vendor, pipeline):
        pipeline.sync_destination()
        warehouse.finish_pending(pipeline)
    _reconcile(vendor, connection)
    warehouse.delete_rows_of_unfinished_loads(vendor, connection)

    with _named_failures(vendor, pipeline):
        pipeline.extract(_source(vendor, settings))
        pipeline.normalize()
        warehouse.refuse_slow_jobs(pipeline)
        info = pipeline.load(raise_on_failed_jobs=True)
        warehouse.forget_old_packages(pipeline)
    load_id = info.loads_ids[-1] if info.loads_ids else ""
    reconciled = {load.load_id: load for load in _reconcile(vendor, connection)}
    tables = reconciled[load_id].tables if load_id in reconciled else []
    if progress:
        for table in tables:
            progress(Progress(vendor, table.table, table.loaded, table.seconds, True))
    if refusals := [f"{vendor}: {t.refusal}" for t in tables if t.refusal]:
        raise LoadError("\n".join(refusals))
    return LoadResult(vendor, load_id, tables, time.perf_counter() - started)


def _source(vendor: str, settings: Settings) -> DltSource:
    source = source_module(vendor).source(settings)
    # A value that does not fit its declared type must fail, not open a second column
    # beside it in which the money silently goes on.
    source.schema_contract = {
        "tables": "evolve",
        "columns": "evolve",
        "data_type": "freeze",
    }
    source.max_table_nesting = 0
    Erasures.of(settings).guard(source, vendor)
    return source


def _reconcile(
    vendor: str, connection: duckdb.DuckDBPyConnection
) -> list[Reconciliation]:
    schema = warehouse.dataset_name(vendor)
    if "extraction_counts" not in warehouse.raw_tables(connection, schema):
        return []
    loads = reconcile(connection, schema)
    for load in loads:
        for table in load.unbalanced:
            message = (
                f"{vendor}: load {load.load_id} does not add up for {table.table}: "
                f"received {table.received}, loaded {table.loaded}, duplicates "
                f"{table.duplicates}, quarantined {table.quarantined}, skipped "
                f"{table.skipped}. See {schema}.load_reconciliation; load the vendor "
                "again, and if it stays so, report it with that row."
            )
            raise LoadError(message)
    return loads


@contextmanager
def _named_failures(vendor: str, pipeline: dlt.Pipeline) -> Generator[None]:
    """Turn any failure of dlt or the source into one LoadError with the first cause.

    What the failed step left behind is given up: the next load reads it again.
    """
    try:
        yield
    except warehouse.WarehouseError:
        raise
    except (ApiError, SettingsError) as error:
        raise LoadError(str(error)) from None
    except ConfigurationException as error:
        raise LoadError(missing_setting(vendor, error)) from None
    except PipelineStepFailed as error:
        cause = _first_cause(error)
        warehouse.abort_pending(pipeline)
        if isinstance(cause, ConfigurationException):
            raise LoadError(missing_setting(vendor, cause)) from None
        if isinstance(cause, ApiError | SettingsError):
            raise LoadError(str(cause)) from None
        raise LoadError(
            _unforeseen(f"{vendor}: the {error.step} step", cause)
        ) from error
    except Exception as error:
        raise LoadError(_unforeseen(f"{vendor}: the source", error)) from error


def _unforeseen(what: str, cause: BaseException) -> str:
    return (
        f"{what} failed with {type(cause).__name__}: {' '.join(str(cause).split())}. "
        "Nothing of this run is used; load again, and if it fails again, report it with "
        "this line."
    )


def _first_cause(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def missing_setting(vendor: str, error: BaseException) -> str:
    """Return the message that names the variables that a source lacks."""
    fields = getattr(error, "fields", None) or ["a setting"]
    names = [f"SOURCES__{vendor.upper()}__{name.upper()}" for name in fields]
    return (
        f"{vendor}: {', '.join(names)} is not set. Set it in the environment or in "
        ".env, or take the vendor out of the vendors map. Nothing was requested."
    )
