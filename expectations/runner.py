"""Run the suites on the warehouse and return plain results.

Raw tables are checked once per row: only rows of loads newer than the last that passed
are read, so that a run without news costs nothing and a failed load is looked at again
until it passes. What has passed is kept in `<warehouse_dir>/expectations/`, together
with a fingerprint of the rules; new rules look at every row again.
"""

import importlib
import pkgutil
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from expectations import kpis, relations, rules
from expectations.passed_loads import PassedLoads
from expectations.relations import RECONCILIATION
from expectations.results import ExpectationResult, Severity, Status, TableResult
from ingestion.settings import Settings, SettingsError
from ingestion.vendors import used_vendors
from ingestion.warehouse import dataset_name, helpful_locks

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

    from expectations.engine import DuckDBChecks

# The books of the loads: counted rows about rows, not rows of the vendor.
BOOKS = (RECONCILIATION, "extraction_counts")


class WarehouseMissingError(Exception):
    """There is nothing to check yet; the message names the file and the remedy."""


def check_raw(
    settings: Settings, vendors: Sequence[str] | None = None
) -> list[TableResult]:
    """Check the raw tables of the used vendors (or those named).

    Raises:
        SettingsError: a vendor has no file in `expectations/sources`.
        WarehouseMissingError: nothing was loaded yet.
        WarehouseError: another process holds the warehouse.
    """
    results: list[TableResult] = []
    for vendor in vendors or used_vendors(settings):
        results += _check_vendor(vendor, settings)
    return results


def check_kpis(
    settings: Settings, only: Collection[str] | None = None
) -> list[TableResult]:
    """Check the tables of `kpis` for plausibility; nothing in the results blocks.

    Args:
        settings: where the warehouse is.
        only: the tables to look at, default all.

    Raises:
        WarehouseMissingError: nothing was built yet.
        WarehouseError: another process holds the warehouse.
    """
    suites = kpi_suites()
    with _connected(settings) as connection:
        counts = {
            table: relations.count(connection, "kpis", table)
            for table in relations.tables(connection, "kpis")
        }
        columns = {
            table: relations.columns(connection, "kpis", table) for table in counts
        }
    results = []
    with _checks(settings) as checks:
        for table in sorted({*suites, *counts}):
            if only is not None and table not in only:
                continue
            expectations = suites.get(table, [])
            if table not in counts:
                results.append(_missing("kpis", table, expectations))
                continue
            promised = rules.suffix_promises(columns[table])
            query = f'select * from kpis."{table}"'
            found = checks.validate(f"kpis.{table}", query, [*promised, *expectations])
            results.append(TableResult("kpis", table, counts[table], found))
    return [_as_warnings(result) for result in results]


def kpi_suites() -> "dict[str, list[Expectation]]":
    """Return the suites of every area, one table in exactly one of them."""
    suites: dict[str, list[Expectation]] = {}
    for found in pkgutil.iter_modules(kpis.__path__):
        for table, expectations in (
            importlib.import_module(f"expectations.kpis.{found.name}").suites().items()
        ):
            suites.setdefault(table, []).extend(expectations)
    return suites


def _check_vendor(vendor: str, settings: Settings) -> list[TableResult]:
    module = _source_module(vendor)
    schema = dataset_name(vendor)
    passed = PassedLoads(settings, vendor, Path(module.__file__), Path(rules.__file__))
    with _connected(settings) as connection:
        known = relations.tables(connection, schema)
        newest = relations.newest_load(connection, schema)
        if not newest:
            message = (
                f"{vendor}: no load into {schema} has finished, so there is nothing to "
                f"check. Load it first: python -m ingestion {vendor}"
            )
            raise WarehouseMissingError(message)
        loaded = relations.loaded_counts(connection, schema, newest)
        waiting = {
            table: relations.count(connection, schema, table, passed.after(table))
            for table in known
            if not table.startswith("_dlt") and table not in BOOKS
        }
        unbalanced = relations.unbalanced_count(connection, schema)
    news = {
        table
        for table, rows in waiting.items()
        # The books of a new load may say that rows came which are not there.
        if rows
        or not passed.after(table)
        or (loaded.get(table) and newest > passed.after(table))
    }
    news |= passed.tables - known
    if unbalanced or (RECONCILIATION in known and news):
        news.add(RECONCILIATION)
    waiting.update({table: 0 for table in known & set(BOOKS)})
    note = f"no row is newer than load {newest}, and what there is passed"
    results = [
        TableResult(schema, table, 0, note=note) for table in waiting.keys() - news
    ]
    if news:
        # A table that the suites name and the warehouse lacks is news as well.
        suites = module.suites()
        suites[RECONCILIATION] = [
            rules.no_row_where(
                "not is_balanced",
                "received = loaded + duplicates + quarantined + skipped",
            )
        ]
        with _checks(settings) as checks:
            for table in sorted(news | (suites.keys() - waiting.keys())):
                expectations = list(suites.get(table, []))
                if table not in waiting:
                    results.append(_missing(schema, table, expectations))
                    continue
                if table in loaded:
                    expectations.append(_loaded_rows_arrived(newest, loaded[table]))
                place = f'"{schema}"."{table}"'
                after = "" if table == RECONCILIATION else passed.after(table)
                query = f"select * from {place}{relations.newer_than(table, after)}"
                found = checks.validate(f"{schema}.{table}", query, expectations)
                result = TableResult(schema, table, waiting[table], found)
                results.append(result)
                if not result.is_blocking and table != RECONCILIATION:
                    passed.add(table, newest)
        passed.save()
    return sorted(results, key=lambda result: result.table)


def _loaded_rows_arrived(load_id: str, loaded: int) -> "Expectation":
    return rules.no_row_where(
        f"""_dlt_load_id = '{load_id}'
        having count(*) <> {loaded}""",
        f"the newest load's row count is the {loaded} that load_reconciliation says",
    )


def _missing(
    schema: str, table: str, expectations: "Sequence[Expectation]"
) -> TableResult:
    message = f"could not run: there is no table {schema}.{table}"
    names = [each.description or each.expectation_type for each in expectations]
    return TableResult(
        schema,
        table,
        0,
        tuple(
            ExpectationResult(name, Status.error, Severity.critical, message=message)
            for name in names or ["the table exists"]
        ),
    )


def _as_warnings(result: TableResult) -> TableResult:
    softened = (replace(r, severity=Severity.warning) for r in result.results)
    return replace(result, results=tuple(softened))


def _source_module(vendor: str):  # noqa: ANN202 - a module that keeps the contract
    try:
        return importlib.import_module(f"expectations.sources.{vendor}")
    except ModuleNotFoundError:
        message = (
            f"There is no expectations/sources/{vendor}.py, so nothing guards "
            f"raw_{vendor}. Write its suites() or take {vendor} out of the vendors map."
        )
        raise SettingsError(message) from None


@contextmanager
def _connected(settings: Settings) -> Generator[duckdb.DuckDBPyConnection]:
    _require(settings)
    with helpful_locks(settings):
        connection = duckdb.connect(str(settings.warehouse_path), read_only=True)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _checks(settings: Settings) -> "Generator[DuckDBChecks]":
    from expectations.engine import opened_checks

    _require(settings)
    with opened_checks(settings.warehouse_path) as checks:
        yield checks


def _require(settings: Settings) -> None:
    if not settings.warehouse_path.is_file():
        message = (
            f"There is no warehouse at {settings.warehouse_path} yet. Load it first: "
            "python -m ingestion, or make run."
        )
        raise WarehouseMissingError(message)
