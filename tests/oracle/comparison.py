"""Comparing a KPI table of the warehouse with what the oracle says."""

import math
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

Rows = dict[tuple, dict[str, object]]


class Warehouse:
    """The built warehouse, opened for reading, keys translated to the vendor's ids."""

    def __init__(self, path: Path) -> None:
        self._connection = duckdb.connect(str(path), read_only=True)
        self._connection.execute("set timezone = 'UTC'")
        self.employees = self._ids("dim_employees", "employee")
        self.companies = self._ids("dim_companies", "company")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def has(self, schema: str, table: str) -> bool:
        """Return whether a table exists."""
        query = "select count(*) from information_schema.tables where table_schema = ? and table_name = ?"  # fmt: skip
        found = self._connection.execute(query, [schema, table]).fetchone()
        return bool(found and found[0])

    def rows(self, table: str, key: tuple[str, ...]) -> Rows:
        """Return the rows of a KPI table by their key.

        Scope keys of reps become `rep:<owner id>`, other keys the vendor's ids.
        """
        relation = self._connection.execute(f"select * from kpis.{table}")
        names = [column[0] for column in relation.description]
        found: Rows = {}
        for values in relation.fetchall():
            row = dict(zip(names, values, strict=True))
            if "scope_key" in row and row["scope_type"] == "rep":
                row["scope_key"] = f"rep:{self.employees[row['scope_key']]}"
            if "employee_key" in row and row["employee_key"] is not None:
                row["employee_key"] = self.employees[row["employee_key"]]
            if "company_key" in row:
                row["company_key"] = self.companies[row["company_key"]]
            identity = tuple(row[name] for name in key)
            assert identity not in found, f"{table} has {identity} twice"
            found[identity] = row
        return found

    def records(self, relation: str) -> list[dict[str, object]]:
        """Return the rows of a relation of any schema, as they are."""
        found = self._connection.execute(f"select * from {relation}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]

    def _ids(self, table: str, name: str) -> dict[str, str]:
        if not self.has("marts", table):
            return {}
        query = f"select {name}_key, {name}_id from marts.{table}"
        return dict(self._connection.execute(query).fetchall())


def differences(expected: Rows, actual: Rows, rounded: frozenset[str]) -> list[str]:
    """Return what differs: counts exactly, money to the cent, ratios to 1e-9.

    Columns that a table publishes at six decimals are compared at that.
    """
    found = [f"missing row {key}" for key in sorted(expected.keys() - actual.keys(), key=str)]  # fmt: skip
    found += [f"unexpected row {key}" for key in sorted(actual.keys() - expected.keys(), key=str)]  # fmt: skip
    for key in sorted(expected.keys() & actual.keys(), key=str):
        for column, value in expected[key].items():
            tolerance = 5.1e-7 if column in rounded else 1e-9
            if not _is_same(value, actual[key][column], tolerance):
                found.append(f"{key} {column}: oracle {value!r}, table {actual[key][column]!r}")  # fmt: skip
    return found


def assert_same(
    expected: Rows, actual: Rows, rounded: frozenset[str] = frozenset()
) -> None:
    """Fail with the first differences."""
    assert expected, "The oracle found nothing: an empty table would pass."
    found = differences(expected, actual, rounded)
    shown = "\n".join(found[:15])
    assert not found, f"{len(found)} differences in {len(expected)} rows:\n{shown}"


def _is_same(expected: object, actual: object, tolerance: float) -> bool:
    if expected is None or actual is None:
        return expected is actual
    if isinstance(expected, Decimal):
        return abs(expected - Decimal(str(actual))) < Decimal("0.005")
    if isinstance(expected, float):
        given = float(str(actual))
        return math.isclose(expected, given, rel_tol=1e-9, abs_tol=tolerance)
    if isinstance(actual, datetime) and type(expected) is date:
        return actual.date() == expected
    return expected == actual
