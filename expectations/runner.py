"""Run the suites on the warehouse and return plain results.

Raw tables are checked once per row: only rows of loads newer than the last that passed
are read, so that a run without news costs nothing and a failed load is looked at again
until it passes. What has passed is kept in `<warehouse_dir>/expectations/`, together
with a fingerprint of the rules; new rules look at every row again.
"""

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from expectations import kpis, rules
from expectations.results import ExpectationResult, Severity, Status, TableResult
from ingestion.settings import Settings, SettingsError
from ingestion.vendors import used_vendors
from ingestion.warehouse import dataset_name, helpful_locks

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

    from expectations.engine import DuckDBChecks

RECONCILIATION = "load_reconciliation"


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


def check_kpis(settings: Settings) -> list[TableResult]:
    """Check the tables of `kpis` for plausibility; nothing in the results blocks.

    Raises:
        WarehouseMissingError: nothing was built yet.
        WarehouseError: another process holds the warehouse.
    """
    suites = kpi_suites()
    with _connected(settings) as connection:
        counts = {
            table: _count(connection, "kpis", table)
            for table in _tables(connection, "kpis")
        }
        columns = {table: _columns(connection, "kpis", table) for table in counts}
    results = []
    with _checks(settings) as checks:
        for table in sorted({*suites, *counts}):
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
    rules_used = _fingerprint(Path(module.__file__), Path(rules.__file__))
    passed = _PassedLoads(settings, vendor, rules_used)
    with _connected(settings) as connection:
        tables = _tables(connection, schema)
        newest = _newest_load(connection, schema)
        if not newest:
            message = (
                f"{vendor}: no load into {schema} has finished, so there is nothing to "
                f"check. Load it first: python -m ingestion {vendor}"
            )
            raise WarehouseMissingError(message)
        loaded = _loaded_counts(connection, schema, newest)
        waiting = {
            table: _count(connection, schema, table, passed.after(table))
            for table in tables
            if not table.startswith("_dlt")
        }
    if not any(waiting.values()) and all(passed.has(t, newest) for t in loaded):
        note = f"no row is newer than load {newest}, which passed"
        return [TableResult(schema, table, 0, note=note) for table in sorted(waiting)]

    suites = module.suites()
    if RECONCILIATION in tables:
        suites[RECONCILIATION] = [
            rules.no_row_where(
                "not is_balanced",
                "received = loaded + duplicates + quarantined + skipped",
            )
        ]
    results = []
    with _checks(settings) as checks:
        for table in sorted({*suites, *waiting}):
            expectations = list(suites.get(table, []))
            if table not in waiting:
                results.append(_missing(schema, table, expectations))
                continue
            if table in loaded:
                expectations.append(_loaded_rows_arrived(newest, loaded[table]))
            found = _validate(checks, schema, table, expectations, passed.after(table))
            result = TableResult(schema, table, waiting[table], found)
            results.append(result)
            if not result.is_blocking:
                passed.add(table, newest)
    passed.save()
    return results


def _validate(
    checks: "DuckDBChecks",
    schema: str,
    table: str,
    expectations: "list[Expectation]",
    after: str,
) -> tuple[ExpectationResult, ...]:
    if not expectations:
        return ()
    query = f'select * from "{schema}"."{table}"'
    if table != RECONCILIATION and after:
        query += f" where _dlt_load_id > '{after}'"
    elif after:
        query += f" where load_id > '{after}'"
    return checks.validate(f"{schema}.{table}", query, expectations)


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


def _tables(connection: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    found = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ?", [schema]
    )
    return {name for (name,) in found.fetchall()}


def _count(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, after: str = ""
) -> int:
    where = ""
    if after:
        column = "load_id" if table == RECONCILIATION else "_dlt_load_id"
        where = f" where {column} > '{after}'"
    row = connection.execute(f'select count(*) from "{schema}"."{table}"{where}')
    return row.fetchall()[0][0]


def _columns(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> list[str]:
    found = connection.execute(
        """
        select column_name from duckdb_columns()
        where schema_name = ? and table_name = ? order by column_index
        """,
        [schema, table],
    )
    return [name for (name,) in found.fetchall()]


def _newest_load(connection: duckdb.DuckDBPyConnection, schema: str) -> str:
    if "_dlt_loads" not in _tables(connection, schema):
        return ""
    newest = connection.execute(
        f'select max(load_id) from "{schema}"._dlt_loads where status = 0'
    )
    return newest.fetchall()[0][0] or ""


def _loaded_counts(
    connection: duckdb.DuckDBPyConnection, schema: str, load_id: str
) -> dict[str, int]:
    if RECONCILIATION not in _tables(connection, schema):
        return {}
    found = connection.execute(
        f"""
        select table_name, loaded_count from "{schema}".{RECONCILIATION}
        where load_id = ?
        """,
        [load_id],
    )
    return dict(found.fetchall())


def _fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


class _PassedLoads:
    """Per table, the newest load whose rows passed under the same rules."""

    def __init__(self, settings: Settings, vendor: str, rules_used: str) -> None:
        self._path = settings.warehouse_dir / "expectations" / f"{vendor}.json"
        self._rules = rules_used
        self._loads: dict[str, str] = {}
        if self._path.is_file():
            known = json.loads(self._path.read_text("utf-8"))
            if known.get("rules") == rules_used:
                self._loads = known["passed"]

    def after(self, table: str) -> str:
        return self._loads.get(table, "")

    def has(self, table: str, load_id: str) -> bool:
        return self.after(table) >= load_id

    def add(self, table: str, load_id: str) -> None:
        self._loads[table] = load_id

    def save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"rules": self._rules, "passed": self._loads}, indent=1)
        fresh = self._path.with_suffix(".tmp")
        fresh.write_text(content, "utf-8")
        fresh.replace(self._path)
