"""The fast lane: rows prepared by DuckDB are loaded by dlt without passing Python.

A source lets DuckDB read its files (`json_lines`) into a spool, tables in a database
attached to the warehouse. Each table of the load is then one dlt job of the kind
`model`: a SELECT from the spool, which dlt runs, retries and accounts for as any other.

The statements that build the spool travel in the header of every model, and dlt runs
them before the job. While somebody holds the warehouse open (`ingestion.load` does) they
find everything done; a process that resumes a killed load builds the spool again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dlt
import duckdb
from dlt.common.schema.utils import has_table_seen_data
from dlt.extract import DltResource

from ingestion.json_lines import literal, quoted, sql_type
from ingestion.warehouse import column_hints

IN_MEMORY = ":memory:"


@dataclass
class Spool:
    """Prepared rows in a database of their own, attached to the warehouse.

    Attributes:
        connection: an open connection to the warehouse.
        alias: the name that the spool is attached under.
        location: its file, or `IN_MEMORY`.
    """

    connection: duckdb.DuckDBPyConnection
    alias: str
    location: str = IN_MEMORY
    _statements: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._run(f"ATTACH IF NOT EXISTS {literal(self.location)} AS {self.alias}")
        # Keeping the order of rows that have none costs a second copy of them. It holds
        # for the whole database, until the last connection to it is closed.
        self._run("SET GLOBAL preserve_insertion_order = false")

    def create(self, table: str, select: str) -> None:
        """Add a table, filled by the SELECT, its rows in any order.

        Args:
            table: its name in the spool.
            select: what fills it; it sees the warehouse and the spool.

        Raises:
            duckdb.Error: the SELECT failed; the statement is forgotten.
        """
        self._run(f"CREATE TABLE IF NOT EXISTS {self.alias}.{table} AS {select}")

    def delete(self, table: str, condition: str) -> None:
        """Delete the rows of a table that the condition finds."""
        self._run(f"DELETE FROM {self.alias}.{table} WHERE {condition}")

    def update(self, statement: str) -> None:
        """Change rows of the spool; the statement must do no harm when run again."""
        self._run(statement)

    def drop(self, table: str) -> None:
        """Drop a table and forget the statement that made it."""
        self.connection.execute(f"DROP TABLE {self.alias}.{table}")
        made = f"CREATE TABLE IF NOT EXISTS {self.alias}.{table} AS "
        self._statements = [sql for sql in self._statements if made not in sql]

    def _run(self, statement: str) -> None:
        self.connection.execute(statement)
        self._statements.append(statement)

    def check_before_rebuilding(self, table: str, check: str) -> None:
        """Let a later rebuild of the spool fail where the check finds a row.

        Args:
            table: the table whose absence tells that the spool is built again.
            check: a SELECT that finds a row where the rebuilt table would differ.
        """
        self._statements.insert(
            1,
            f"SELECT CASE WHEN EXISTS ({check}) AND NOT EXISTS (SELECT 1 "
            f"FROM duckdb_tables() WHERE database_name = {literal(self.alias)} "
            f"AND table_name = {literal(table)}) THEN "
            "error('what this load was extracted from has changed since') END",
        )

    def write_model(self, path: Path, select: str) -> Path:
        """Write the SELECT as a model file whose header builds the spool."""
        steps = [*self._statements]
        if self.location == IN_MEMORY:
            # Several threads that compress wait for each other by spinning: up to half as
            # much CPU again for one second less. A backlog is loaded with all threads.
            steps.append("SET GLOBAL threads = 1")
        statements = [
            {"sql": sql, "secret": False, "key": f"{number} {sql}"}
            for number, sql in enumerate(steps)
        ]
        attach = [
            {"attach_type": "duckdb", "alias": self.alias, "statements": statements}
        ]
        path.parent.mkdir(parents=True, exist_ok=True)
        header = f"dialect: duckdb\nattach: {json.dumps(attach)}\n"
        path.write_text(f"{header}{select}\n", "utf-8")
        return path


def drop_spools(connection: duckdb.DuckDBPyConnection, prefix: str) -> None:
    """Detach every spool whose name begins so; those in memory are gone with that."""
    attached = connection.execute(
        "SELECT database_name FROM duckdb_databases() WHERE starts_with(database_name, ?)",
        [prefix],
    )
    for (alias,) in attached.fetchall():
        connection.execute(f"DETACH {alias}")


def insert_once(table: str, columns: Iterable[str], key: str, known: str) -> str:
    """Return a model's SELECT: the rows of a table of the spool, or none if they are there.

    dlt runs a job again when the process was killed between the commit of the job and
    dlt's note of it. A job inserts all of its rows or none, so it is enough to ask for
    that; leaving out row by row would cost half as much as the insert itself. That only
    some of them are there is an error: two loads have read the same.

    Args:
        table: the table in the spool, with the spool's alias.
        columns: its columns, in the order of the target table.
        key: the column that tells rows apart.
        known: a SELECT of the keys in the target that could be among them, as `known`.
    """
    selected = ", ".join(
        f"spooled.{quoted(name)} AS {quoted(name)}" for name in columns
    )
    counted = (
        f"SELECT CASE count(found.known) WHEN 0 THEN TRUE WHEN count(*) THEN FALSE "
        "ELSE error('some of the rows of this load are in the table already') END "
        f"FROM (SELECT {key} FROM {table}) AS wanted "
        f"LEFT JOIN (SELECT DISTINCT known FROM ({known})) AS found "
        f"ON found.known = wanted.{key}"
    )
    return f"SELECT {selected} FROM {table} AS spooled WHERE ({counted})"


def lane_resource(
    name: str,
    columns: Mapping[str, str],
    models: Callable[[], Iterable[tuple[Path, int]]],
    folder: Path,
) -> DltResource:
    """Return the resource that appends the rows of models to a table.

    Args:
        name: the table; it exists after the first load even without a row.
        columns: column name to declared type (`warehouse.column_hints`), all of them.
        models: returns model files, each with the number of its rows.
        folder: where models may be written.
    """

    def items() -> Iterator[Any]:
        found = list(models())
        table = dlt.current.source_schema().tables.get(name)
        if not found and (table is None or not has_table_seen_data(table)):
            found = [(_empty_model(folder / f"empty_{name}.model", columns), 0)]
        for path, rows in found:
            yield dlt.mark.with_file_import(str(path), "model", rows)

    return dlt.resource(
        items, name=name, columns=column_hints(columns), write_disposition="append"
    )


def _empty_model(path: Path, columns: Mapping[str, str]) -> Path:
    """Write a model without rows: dlt creates the table before it runs the job."""
    nulls = ", ".join(
        f"CAST(NULL AS {sql_type(declared)}) AS {quoted(column)}"
        for column, declared in columns.items()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"dialect: duckdb\nSELECT {nulls} WHERE FALSE\n", "utf-8")
    return path
