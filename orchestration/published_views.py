"""Views of the build file that stay views in the published one.

A view over published tables costs nothing to publish and nothing on disk. DuckDB keeps
a view's query with the name of the file it was made in, which a reader may attach under
any name: it is taken off.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

import duckdb

from orchestration.audit import PublishRefusedError

_REMEDY = "Give the model materialized='table', or let it read public tables alone."
# Schema and name of a table or view.
Name = tuple[str, str]


def published_query(
    connection: duckdb.DuckDBPyConnection, create_view: str, tables: Collection[Name]
) -> str:
    """Return the view's query over the published tables.

    Args:
        connection: any connection; DuckDB's own parser reads and writes the query.
        create_view: the statement of `duckdb_views()`.
        tables: what the published file holds as tables.

    Raises:
        PublishRefusedError: the view reads what is not published.
    """
    start, _, query = create_view.rstrip("; \n").partition(" AS ")
    found = connection.execute("select json_serialize_sql(?)", [query]).fetchall()
    tree = json.loads(found[0][0])
    if tree["error"]:
        message = f"DuckDB cannot read {start}: {tree['error_message']}. {_REMEDY}"
        raise PublishRefusedError(message)
    nodes = list(_nodes(tree))
    own = {entry["key"] for node in nodes for entry in _ctes(node)}
    for table in (node for node in nodes if node.get("type") == "BASE_TABLE"):
        if not table["schema_name"] and table["table_name"] in own:
            continue
        if (table["schema_name"], table["table_name"]) not in tables:
            name = f"{table['schema_name']}.{table['table_name']}"
            message = f"{start} reads {name}, which is no published table. {_REMEDY}"
            raise PublishRefusedError(message)
        table["catalog_name"] = ""
    written = connection.execute(
        "select json_deserialize_sql(cast(? as json))", [json.dumps(tree)]
    ).fetchall()
    return written[0][0]


def _ctes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return node.get("cte_map", {}).get("map", [])


def _nodes(node: object) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
