"""Which columns a column is made of, read from the SQL that dbt compiled.

Computed once per model: the answer is kept beside the manifest and asked anew only
where a model's SQL or the columns of what it reads have changed. What only decides
which rows are there (joins, filters) is no lineage of a column; every column inside the
expression is.
"""

import csv
import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ingestion.settings import DBT_PROJECT_DIR, Settings
from orchestration.manifest import read_manifest, target_dir

if TYPE_CHECKING:
    import dagster as dg
    from sqlglot import exp

    from orchestration.graph import DbtGraph

# A column of a table: dbt's unique id of the table, and the column's name.
Place = tuple[str, str]
Columns = dict[str, frozenset[Place]]
FILE = "lineage.json"
# What another version of the reader has found is computed anew.
_READER = Path(__file__).with_name("column_scopes.py")


class LineageError(Exception):
    """There is no lineage; the message says why and what to do."""


@dataclass(frozen=True)
class Lineage:
    """What each column is made of.

    Attributes:
        parents: by table and column, the columns of the tables that it reads.
        unread: the models whose SQL could not be read, with the reason.
    """

    parents: Mapping[str, Mapping[str, tuple[Place, ...]]]
    unread: Mapping[str, str] = field(default_factory=dict)

    def columns(self, unique_id: str) -> list[str]:
        """Return the table's columns as far as they are known."""
        return list(self.parents.get(unique_id, ()))

    def of(self, place: Place) -> tuple[Place, ...]:
        """Return the columns that this one is made of, none for a vendor's field."""
        return self.parents.get(place[0], {}).get(place[1], ())

    def upstream(self, place: Place) -> Iterator[Place]:
        """Yield every column below this one, itself first, each once."""
        seen, waiting = {place}, [place]
        while waiting:
            found = waiting.pop(0)
            yield found
            new = [each for each in self.of(found) if each not in seen]
            seen.update(new)
            waiting += new


def compiled_sql(settings: Settings, node: Mapping[str, Any]) -> str | None:
    """Return what dbt compiled of a model at its last build, None where it did not."""
    path = (
        target_dir(settings)
        / "compiled"
        / node["package_name"]
        / node["original_file_path"]
    )
    return path.read_text("utf-8") if path.is_file() else None


def kept_lineage(settings: Settings) -> dict[str, dict[str, Any]]:
    """Return what is kept, by model, whether or not it is still true; costs no parse."""
    path = target_dir(settings) / FILE
    try:
        kept = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return kept["models"]


def read_lineage(settings: Settings) -> Lineage:
    """Return the lineage of the project as it was built last.

    Raises:
        LineageError: dbt has compiled nothing yet.
    """
    manifest = read_manifest(settings)
    kept = kept_lineage(settings)
    fresh: dict[str, dict[str, Any]] = {}
    known: dict[str, list[str]] = _given_columns(settings, manifest)
    relations = _relations(manifest)
    unread = {}
    for unique_id in _in_order(manifest):
        node = manifest["nodes"][unique_id]
        sql = compiled_sql(settings, node)
        if sql is None:
            unread[unique_id] = "dbt has not compiled it"
            known[unique_id] = [*node["columns"]]
            continue
        entry = _entry(sql, node, known, relations, kept.get(unique_id))
        fresh[unique_id] = entry
        if entry["problem"]:
            unread[unique_id] = entry["problem"]
        known[unique_id] = [*entry["columns"]] or [*node["columns"]]
    if not fresh:
        message = (
            f"There is no compiled SQL below {target_dir(settings)}. Build the warehouse "
            "first (make run), or compile it: make dbt CMD=compile"
        )
        raise LineageError(message)
    if fresh != kept:
        _keep(target_dir(settings) / FILE, fresh)
    parents = {
        unique_id: {
            column: tuple((table, name) for table, name in found)
            for column, found in entry["columns"].items()
        }
        for unique_id, entry in fresh.items()
    }
    return Lineage(parents, unread)


@cache
def _reader() -> str:
    return hashlib.sha256(_READER.read_bytes()).hexdigest()


def _keep(path: Path, models: dict[str, dict[str, Any]]) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(orjson.dumps({"models": models}))
    beside.replace(path)


def _entry(
    sql: str,
    node: Mapping[str, Any],
    known: Mapping[str, list[str]],
    relations: Mapping[str, str],
    kept: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return the model's columns, from what is kept where that is still true."""
    read = {parent: known.get(parent) for parent in node["depends_on"]["nodes"]}
    digest = hashlib.sha256(
        orjson.dumps([_reader(), sql, read], option=orjson.OPT_SORT_KEYS)
    ).hexdigest()
    if kept and kept["digest"] == digest:
        return kept
    try:
        found, problem = _columns_of(sql, node["unique_id"], read, relations), ""
    except Exception as error:  # noqa: BLE001 - a parser's gap must not end the others
        found, problem = {}, f"{type(error).__name__}: {' '.join(str(error).split())}"
    columns = {name: sorted(parents) for name, parents in found.items()}
    return {"digest": digest, "columns": columns, "problem": problem[:300]}


def _relations(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return dbt's unique id by `schema.table`."""
    found = {
        f"{node['schema']}.{node['alias']}".lower(): unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed", "snapshot")
    }
    for unique_id, source in manifest["sources"].items():
        found[f"{source['schema']}.{source['identifier']}".lower()] = unique_id
    return found


def _in_order(manifest: Mapping[str, Any]) -> list[str]:
    """Return the models, each after what it reads."""
    models = {
        unique_id: node["depends_on"]["nodes"]
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "snapshot")
    }
    done: dict[str, None] = {}

    def visit(unique_id: str) -> None:
        if unique_id in done or unique_id not in models:
            return
        for parent in models[unique_id]:
            visit(parent)
        done[unique_id] = None

    for unique_id in models:
        visit(unique_id)
    return list(done)


def _given_columns(
    settings: Settings, manifest: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Return the columns of what no model makes: raw tables, seeds, predictions."""
    found = {}
    tables: dict[str, dict[str, Any]] = {}
    for unique_id, source in manifest["sources"].items():
        vendor = source["source_name"]
        if vendor not in tables:
            tables[vendor] = _dlt_tables(settings, vendor)
        loaded = tables[vendor].get(source["identifier"], {}).get("columns", {})
        found[unique_id] = [*dict.fromkeys([*source["columns"], *loaded])]
    for unique_id, node in manifest["nodes"].items():
        if node["resource_type"] == "seed":
            with (DBT_PROJECT_DIR / node["original_file_path"]).open() as file:
                found[unique_id] = next(csv.reader(file), [])
    return found


def _dlt_tables(settings: Settings, vendor: str) -> dict[str, Any]:
    """Return the tables that dlt has loaded of a vendor; a file tells, no database."""
    path = settings.pipelines_dir / vendor / "schemas" / f"{vendor}.schema.json"
    try:
        return orjson.loads(path.read_bytes())["tables"]
    except (OSError, orjson.JSONDecodeError, KeyError):
        return {}


def _columns_of(
    sql: str,
    unique_id: str,
    read: Mapping[str, list[str] | None],
    relations: Mapping[str, str],
) -> Columns:
    import sqlglot

    from orchestration.column_scopes import Reader

    tables = {
        name: {
            column.lower(): frozenset([(table, column)]) for column in read[table] or ()
        }
        for name, table in relations.items()
        if table in read
    }
    unknown = {name: table for name, table in relations.items() if table in read}
    query: exp.Expr = sqlglot.parse_one(sql, dialect="duckdb")
    found = Reader(tables, unknown).columns(query, {})
    # An incremental model also reads what it held before.
    return {
        name: frozenset(place for place in places if place[0] != unique_id)
        for name, places in found.items()
    }


def dagster_lineage(
    settings: Settings, graph: "DbtGraph"
) -> "dict[str, dg.TableColumnLineage]":
    """Return what Dagster shows of the public tables, {} where it cannot be read."""
    import dagster as dg

    from orchestration.graph import PUBLIC_SCHEMAS

    try:
        parents = read_lineage(settings).parents
    except (LineageError, OSError):
        return {}
    return {
        unique_id: dg.TableColumnLineage(
            {
                column: [
                    dg.TableColumnDep(graph.key(table), name)
                    for table, name in places
                    if table in graph.sources or table in graph.built()
                ]
                for column, places in parents[unique_id].items()
            }
        )
        for unique_id, node in graph.built().items()
        if node["schema"] in PUBLIC_SCHEMAS and unique_id in parents
    }
