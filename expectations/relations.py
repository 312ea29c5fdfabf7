"""What is in the warehouse: tables, columns, row counts, loads."""

import duckdb

RECONCILIATION = "load_reconciliation"


def tables(connection: duckdb.DuckDBPyConnection, schema: str) -> set[str]:
    """Return the names of the schema's tables."""
    found = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ?", [schema]
    )
    return {name for (name,) in found.fetchall()}


def columns(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> list[str]:
    """Return the names of the table's columns, in their order."""
    found = connection.execute(
        """
        select column_name from duckdb_columns()
        where schema_name = ? and table_name = ? order by column_index
        """,
        [schema, table],
    )
    return [name for (name,) in found.fetchall()]


def newer_than(table: str, load_id: str) -> str:
    """Return the condition for rows of loads after the one, '' for every row."""
    if not load_id:
        return ""
    column = "load_id" if table == RECONCILIATION else "_dlt_load_id"
    return f" where {column} > '{load_id}'"


def count(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str, after: str = ""
) -> int:
    """Return the number of the table's rows, of those after a load if one is named."""
    found = connection.execute(
        f'select count(*) from "{schema}"."{table}"{newer_than(table, after)}'
    )
    return found.fetchall()[0][0]


def newest_load(connection: duckdb.DuckDBPyConnection, schema: str) -> str:
    """Return the id of the newest finished load, '' where none has finished."""
    if "_dlt_loads" not in tables(connection, schema):
        return ""
    newest = connection.execute(
        f'select max(load_id) from "{schema}"._dlt_loads where status = 0'
    )
    return newest.fetchall()[0][0] or ""


def loaded_counts(
    connection: duckdb.DuckDBPyConnection, schema: str, load_id: str
) -> dict[str, int]:
    """Return how many rows the load brought to each table, as its books say."""
    if RECONCILIATION not in tables(connection, schema):
        return {}
    found = connection.execute(
        f"""
        select table_name, loaded_count from "{schema}".{RECONCILIATION}
        where load_id = ?
        """,
        [load_id],
    )
    return dict(found.fetchall())


def unbalanced_count(connection: duckdb.DuckDBPyConnection, schema: str) -> int:
    """Return how many tables of how many loads do not add up."""
    if RECONCILIATION not in tables(connection, schema):
        return 0
    found = connection.execute(
        f'select count(*) from "{schema}".{RECONCILIATION} where not is_balanced'
    )
    return found.fetchall()[0][0]
