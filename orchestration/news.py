"""What there is to build anew: digests of all that dbt reads, compared source by source.

Sources re-read an overlap and load what they find, so load ids change where no row
does. Rows are compared by content, except in tables too big for it: those only grow.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

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
# The digest of a source whose rows an unfinished build may have used in part.
UNKNOWN = ""


@dataclass(frozen=True)
class BuildState:
    """What a build is made from.

    Attributes:
        project: a digest of the dbt project and of the settings that it reads.
        as_of: the clock.
        day: the clock's day in the reporting time zone.
        sources: a digest of each raw table, by dbt's unique id.
        loads: how many rows it has and the newest load among them, likewise; two states
            may differ in this and be the same.
    """

    project: str
    as_of: str
    day: str
    sources: dict[str, str]
    loads: dict[str, str] = field(compare=False)

    @classmethod
    def read(cls, text: str) -> "BuildState | None":
        """Return the state that `text` wrote, None for no text or an older one's."""
        try:
            return cls(**json.loads(text))
        except (ValueError, TypeError):
            return None

    @property
    def text(self) -> str:
        """The state as one line."""
        return json.dumps(asdict(self), sort_keys=True)

    def news_since(self, before: "BuildState | None") -> set[str] | None:
        """Return the sources that differ from those of an earlier build.

        None means that everything may differ: another project, other settings, or
        another day. A later instant of the same day is none: tables whose sources
        stay the same stay as of the instant at which they were built.
        """
        if before is None or (self.project, self.day) != (before.project, before.day):
            return None
        return {
            source
            for source, digest in self.sources.items()
            if before.sources.get(source) != digest
        }

    def without(self, sources: set[str]) -> "BuildState":
        """Return the state in which nothing is known of the sources."""
        unknown = dict.fromkeys(sources, UNKNOWN)
        return replace(self, sources={**self.sources, **unknown})


def build_state(
    settings: Settings, graph: DbtGraph, last: BuildState | None = None
) -> BuildState:
    """Return the state of the project, the run's settings and every raw table.

    Args:
        settings: where the warehouse is.
        graph: the dbt project, which says what the raw tables are.
        last: an earlier state; a table without a load since then is not read again.
    """
    sources, loads = {}, {}
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        columns = _columns(connection)
        for source in sorted(graph.sources.values(), key=lambda s: s["unique_id"]):
            # What Python predicted follows from the rest.
            if source["name"] in BOOKS or source["source_name"] == PREDICTIONS:
                continue
            unique_id = source["unique_id"]
            schema, table = source["schema"], source["name"]
            names = columns.get((schema, table), [])
            place = f'"{schema}"."{table}"'
            load = loads[unique_id] = _load(connection, place, names)
            known = last.sources.get(unique_id) if last else UNKNOWN
            is_same = last is not None and last.loads.get(unique_id) == load
            if known and is_same and "_dlt_load_id" in names:
                sources[unique_id] = known
                continue
            content = _content(connection, place, names, load)
            digest = hashlib.sha256(content.encode()).hexdigest()
            sources[unique_id] = digest[:16]
    zone = ZoneInfo(settings.reporting_timezone)
    return BuildState(
        fingerprint(settings),
        settings.as_of_at.isoformat(),
        settings.as_of_at.astimezone(zone).date().isoformat(),
        sources,
        loads,
    )


def _columns(
    connection: duckdb.DuckDBPyConnection,
) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() order by all"
    ).fetchall():
        found.setdefault((schema, table), []).append(column)
    return found


def _load(connection: duckdb.DuckDBPyConnection, place: str, columns: list[str]) -> str:
    """Return what differs after every load of the table that brought or took rows."""
    if not columns:
        return "missing"
    load = "max(_dlt_load_id)" if "_dlt_load_id" in columns else "''"
    rows, newest = _values(connection, f"select count(*), {load} from {place}")
    return f"{rows}:{newest}"


def _content(
    connection: duckdb.DuckDBPyConnection, place: str, columns: list[str], load: str
) -> str:
    if not columns:
        return "missing"
    said = ", ".join(f'"{name}"' for name in columns if name not in LOADING_COLUMNS)
    rows = int(load.split(":")[0])
    if rows <= COMPARED_ROWS or "_dlt_load_id" not in columns:
        # A sum of hashes does not depend on the order of the rows.
        found = _values(connection, f"select sum(hash({said})) from {place}")
        return f"{said}:{rows}:{found[0]}"
    return f"{said}:{load}"


def _values(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    return connection.execute(query).fetchall()[0]
