"""Whether there is anything new to build from: a digest of all that dbt reads.

Sources re-read an overlap and load what they find, so load ids change where no row
does. Rows are compared by content, except in tables too big for it: those only grow.
"""

import hashlib
from typing import Any

import duckdb

from ingestion.settings import Settings
from orchestration.graph import PREDICTIONS, DbtGraph
from orchestration.manifest import fingerprint

# Hashing this many rows takes a few hundredths of a second.
COMPARED_ROWS = 300_000
# The books of the loads get an entry at every load; what they found is in the tables.
BOOKS = ("load_reconciliation",)
# They say when a row was read, not what it says.
LOADING_COLUMNS = ("_dlt_load_id", "_dlt_id", "extracted_at")


def build_state(settings: Settings, graph: DbtGraph) -> str:
    """Return a digest of the project, the run's settings and every raw table."""
    digest = hashlib.sha256(fingerprint(settings).encode())
    digest.update(settings.as_of_at.isoformat().encode())
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        for source in sorted(graph.sources.values(), key=lambda s: s["unique_id"]):
            # What Python predicted follows from the rest.
            if source["name"] in BOOKS or source["source_name"] == PREDICTIONS:
                continue
            content = _content(connection, source["schema"], source["name"])
            digest.update(f"{source['unique_id']}={content}".encode())
    return digest.hexdigest()


def _content(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    columns = [
        name
        for (name,) in connection.execute(
            """
            select column_name from duckdb_columns()
            where schema_name = ? and table_name = ? order by column_name
            """,
            [schema, table],
        ).fetchall()
    ]
    if not columns:
        return "missing"
    place = f'"{schema}"."{table}"'
    rows = _values(connection, f"select count(*) from {place}")[0]
    said = ", ".join(f'"{name}"' for name in columns if name not in LOADING_COLUMNS)
    if rows <= COMPARED_ROWS or "_dlt_load_id" not in columns:
        # A sum of hashes does not depend on the order of the rows.
        found = _values(connection, f"select sum(hash({said})) from {place}")
    else:
        found = _values(connection, f"select max(_dlt_load_id) from {place}")
    return f"{said}:{rows}:{found[0]}"


def _values(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchall()[0]
