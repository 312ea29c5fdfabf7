"""KPI values that changed although their period was final, between two versions.

A period is final when its row is complete and its last day is older than the table's
`finality_days`. What changes later is no provisional number settling but a number that
somebody has already quoted: it goes into `meta.kpi_restatements` with its cause, and
stays there from version to version.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from orchestration.graph import DbtGraph

# Longer than any period named by its first day alone (a Jalali month has 31 days at
# most); tables with longer periods carry their last day.
LONGEST_MONTH_DAYS = 31
# A new definition restates years at once; more rows than this fold into one per measure.
FOLDED_ROWS = 500
# The last day of a row's period, where the table carries it.
_LAST_DAYS = ("period_end_date", "week_end_date")
_NUMERIC = ("BIGINT", "INTEGER", "HUGEINT", "DOUBLE", "FLOAT", "DECIMAL")


@dataclass(frozen=True)
class Restatement:
    """One measure of one period (or of several, folded) that changed after finality.

    Attributes:
        table: the table in `kpis`.
        period_type: month, jalali_month, …; None where the table has one kind only.
        first_period: the first day of the first period concerned.
        last_period: the first day of the last one; the same where it is one period.
        period_count: how many periods are meant.
        measure: the column.
        scope_type: total, region, …; None where the table has no scopes.
        changed_rows: rows there before and after, with another value.
        added_rows: rows that are new in the period.
        removed_rows: rows that the period has lost.
        old_value: the value before: of the one row, or the sum of a measure that adds up
            over the rows concerned; None for a ratio of several rows.
        new_value: the same afterwards.
    """

    table: str
    period_type: str | None
    first_period: date
    last_period: date
    period_count: int
    measure: str
    scope_type: str | None
    changed_rows: int
    added_rows: int
    removed_rows: int
    old_value: float | None
    new_value: float | None


@dataclass(frozen=True)
class _Watched:
    """A KPI table whose periods become final, and how to tell them."""

    name: str
    key: tuple[str, ...]
    period: str
    columns: dict[str, str]
    finality_days: int

    def is_final(self, as_of: date) -> str:
        """Return the condition for rows that were final on the day."""
        ends = f'"{self.period}"'
        if last := next((each for each in _LAST_DAYS if each in self.columns), None):
            ends = f'"{last}"'
        elif "period_type" in self.columns:
            ends += f" + {LONGEST_MONTH_DAYS}"
        complete = "is_complete and " if "is_complete" in self.columns else ""
        return f"{complete}{ends} + {self.finality_days} < date '{as_of}'"

    @property
    def labels(self) -> list[str]:
        """The columns that say which kind of period and of scope a row is."""
        return [each for each in ("period_type", "scope_type") if each in self.columns]

    @property
    def measures(self) -> list[str]:
        """The columns whose values count; prior periods repeat another row's."""
        return [
            name
            for name, kind in self.columns.items()
            if kind.startswith(_NUMERIC)
            and name not in self.key
            and not name.startswith("prior_")
        ]


def find_restatements(
    connection: duckdb.DuckDBPyConnection,
    graph: DbtGraph,
    as_of: date,
    before: str = "before",
) -> list[Restatement]:
    """Compare the connection's `kpis` with those of the attached version before.

    Args:
        connection: its own database is the new version.
        graph: knows each table's primary key and finality.
        as_of: the day of the version before; what was final then may not change.
        before: the name under which that version is attached.
    """
    own = connection.execute("select current_database()").fetchall()[0][0]
    now, then = _columns(connection, own), _columns(connection, before)
    found: list[Restatement] = []
    for table in _watched(graph, now, then):
        if _digest(connection, own, table, as_of) != _digest(
            connection, before, table, as_of
        ):
            found += _folded(_changes(connection, own, before, table, as_of))
    return found


def finality_days(node: dict[str, Any]) -> int | None:
    """Return how old a period of the KPI must be to be final, None where none is."""
    meta = node.get("config", {}).get("meta") or node.get("meta") or {}
    return meta.get("finality_days")


def primary_keys(graph: DbtGraph) -> dict[str, list[str]]:
    """Return the primary key of each model that an `is_sound` test guards."""
    keys = {}
    for node in graph.nodes.values():
        if node["resource_type"] != "test" or not node.get("attached_node"):
            continue
        said = (node.get("test_metadata") or {}).get("kwargs") or {}
        if key := said.get("primary_key"):
            keys[node["attached_node"]] = list(key)
    return keys


def _watched(
    graph: DbtGraph, now: dict[str, dict[str, str]], then: dict[str, dict[str, str]]
) -> list[_Watched]:
    keys, found = primary_keys(graph), []
    for unique_id, node in graph.built().items():
        name, finality = node["name"], finality_days(node)
        if node["schema"] != "kpis" or finality is None or unique_id not in keys:
            continue
        # A column that came or went is a change of the schema, not of a value.
        columns = {
            column: kind
            for column, kind in now.get(name, {}).items()
            if then.get(name, {}).get(column) == kind
        }
        key = keys[unique_id]
        period = next((each for each in key if columns.get(each) == "DATE"), None)
        # A cohort's row ripens for as long as it says nothing of being complete.
        ripens = "period_type" in columns and "is_complete" not in columns
        if not period or ripens or not set(key) <= columns.keys():
            continue
        watched = _Watched(name, tuple(key), period, columns, finality)
        if watched.measures:
            found.append(watched)
    return found


def _columns(
    connection: duckdb.DuckDBPyConnection, database: str
) -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        """
        select table_name, column_name, data_type from duckdb_columns()
        where database_name = ? and schema_name = 'kpis' order by column_index
        """,
        [database],
    ).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _value(table: _Watched, name: str) -> str:
    # Sums of floating point numbers differ in the last digits from run to run.
    is_ratio = table.columns[name] in ("DOUBLE", "FLOAT")
    return f'round("{name}", 9)' if is_ratio else f'"{name}"'


def _digest(
    connection: duckdb.DuckDBPyConnection, database: str, table: _Watched, as_of: date
) -> tuple[Any, ...]:
    said = ", ".join(
        [*(f'"{each}"' for each in table.key)]
        + [_value(table, each) for each in table.measures]
    )
    return connection.execute(
        f'select count(*), sum(hash({said})) from "{database}".kpis."{table.name}" '
        f"where {table.is_final(as_of)}"
    ).fetchall()[0]


def _changes(
    connection: duckdb.DuckDBPyConnection,
    own: str,
    before: str,
    table: _Watched,
    as_of: date,
) -> list[Restatement]:
    """Return every changed measure by period and scope; the rows are joined once."""
    # A scope's type is no part of some keys, but the same on both sides.
    key = list(dict.fromkeys([*table.key, *table.labels]))
    final = table.is_final(as_of)
    read = ", ".join(
        [f'"{each}"' for each in key]
        + [f'{_value(table, each)} as "{each}"' for each in table.measures]
    )
    pairs = ", ".join(
        [f'"{each}"' for each in key]
        + [f'{side}.is_there as "{side}_is_there"' for side in ("old", "new")]
        + [
            f'{side}."{each}" as "{side}_{each}"'
            for each in table.measures
            for side in ("old", "new")
        ]
    )
    connection.execute(
        f"""
        create or replace temp table restated as
        with
            old as (select true as is_there, {read}
                from "{before}".kpis."{table.name}" where {final}),
            new as (select true as is_there, {read}
                from "{own}".kpis."{table.name}" where {final})
        select {pairs} from old
        full join new using ({", ".join(f'"{each}"' for each in key)})
        """
    )
    labels = {
        name: f'"{name}"' if name in table.labels else "null"
        for name in ("period_type", "scope_type")
    }
    selects = [
        f"""
        select {labels["period_type"]}, "{table.period}", '{name}',
            {labels["scope_type"]},
            count(*) filter (old_is_there and new_is_there),
            count(*) filter (old_is_there is null),
            count(*) filter (new_is_there is null),
            {_total(table, f"old_{name}", name)}, {_total(table, f"new_{name}", name)}
        from restated where "old_{name}" is distinct from "new_{name}" group by all
        """
        for name in table.measures
    ]
    rows = connection.execute(" union all ".join(selects) + " order by all").fetchall()
    connection.execute("drop table restated")
    return [
        Restatement(table.name, kind, day, day, 1, measure, scope, *counts)
        for kind, day, measure, scope, *counts in rows
    ]


def _total(table: _Watched, column: str, measure: str) -> str:
    """Return the value of the rows together, as a float; NULL where they do not add."""
    one = f'max(cast("{column}" as double))'
    if table.columns[measure] in ("DOUBLE", "FLOAT"):
        return f"case when count(*) = 1 then {one} end"
    return f'sum(cast("{column}" as double))'


def _folded(found: list[Restatement]) -> list[Restatement]:
    if len(found) <= FOLDED_ROWS:
        return found
    groups: dict[tuple[Any, ...], list[Restatement]] = {}
    for each in found:
        place = (each.table, each.period_type, each.measure, each.scope_type)
        groups.setdefault(place, []).append(each)
    return [
        Restatement(
            table,
            period_type,
            min(each.first_period for each in group),
            max(each.last_period for each in group),
            len({each.first_period for each in group}),
            measure,
            scope_type,
            sum(each.changed_rows for each in group),
            sum(each.added_rows for each in group),
            sum(each.removed_rows for each in group),
            _sum([each.old_value for each in group], len(group)),
            _sum([each.new_value for each in group], len(group)),
        )
        for (table, period_type, measure, scope_type), group in groups.items()
    ]


def _sum(values: Collection[float | None], expected: int) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == expected else None
