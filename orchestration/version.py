"""The version that is being written, and what the tables of `meta` are made from."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb

from ingestion.settings import Settings
from ingestion.vendors import used_vendors
from orchestration import meta_tables as tables
from orchestration.ancestry import Ancestry
from orchestration.freshness import Freshness, Limit, limits
from orchestration.graph import DbtGraph

# How long loads and runs stay in `meta`, and changes count as recent.
KEPT_DAYS = 90
# The name under which the version before is attached.
BEFORE = "before"


@dataclass
class Version:
    """The version that is being written; the connection's own database is its file.

    Attributes:
        connection: the new file, with the build attached as `build`.
        settings: the run's settings.
        name: the version's name.
        built_at: when it is made, aware.
        run_id: Dagster's run.
        rows: the rows of each published table, by schema and name; None for a view.
        before: the file of the version before, None where there is none.
        graph: what dbt knows; without it, nothing is said of vendors and KPIs.
        instance: Dagster's memory; without it, nothing is said of runs and checks.
        known_before: the tables of the version before, by schema, once it is attached.
    """

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    name: str
    built_at: datetime
    run_id: str
    rows: dict[tuple[str, str], int | None]
    before: Path | None = None
    graph: DbtGraph = field(default_factory=lambda: DbtGraph({}, {}))
    instance: dg.DagsterInstance | None = None
    known_before: dict[str, set[str]] = field(default_factory=dict)

    def attach_before(self) -> None:
        """Attach the version before; one that cannot be read is as good as none."""
        if self.before is None:
            return
        try:
            self.connection.execute(f"attach '{self.before}' as {BEFORE} (read_only)")
        except duckdb.Error:
            return
        for schema, table in self.query(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = ?",
            [BEFORE],
        ):
            self.known_before.setdefault(schema, set()).add(table)

    def detach_before(self) -> None:
        """Let go of the version before."""
        self.connection.execute(f"detach database if exists {BEFORE}")

    def had(self, table: tables.MetaTable) -> bool:
        """Return whether the version before had the table of `meta`."""
        return table.name in self.known_before.get("meta", set())

    def query(self, query: str, values: list | None = None) -> list[tuple]:
        """Return what the new file, the build or the version before answers."""
        return self.connection.execute(query, values or []).fetchall()

    @property
    def now(self) -> datetime:
        """The version's time, in UTC without saying so, as DuckDB keeps it."""
        return utc(self.built_at)

    @property
    def as_of_date(self) -> date:
        """The day of the run's clock, in the reporting time zone."""
        zone = ZoneInfo(self.settings.reporting_timezone)
        return self.settings.as_of_at.astimezone(zone).date()

    @cached_property
    def ancestry(self) -> Ancestry:
        """What the published tables are made of."""
        return Ancestry(self.graph)

    @cached_property
    def limits(self) -> dict[str, Limit]:
        """The ages from which each vendor's last load is late and stale."""
        return limits(self.graph, self.settings)

    @cached_property
    def raw_tables(self) -> dict[str, set[str]]:
        """The tables of each raw schema of the build."""
        found: dict[str, set[str]] = {}
        for schema, table in self.query(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'build' and starts_with(schema_name, 'raw_')"
        ):
            found.setdefault(schema, set()).add(table)
        return found

    @cached_property
    def newest_loads(self) -> dict[str, tuple[str | None, datetime | None]]:
        """The newest finished load of each vendor in use, and when it finished."""
        found = {}
        for vendor in used_vendors(self.settings):
            if "_dlt_loads" not in self.raw_tables.get(f"raw_{vendor}", set()):
                continue
            ((load_id,),) = self.query(
                f"select max(load_id) from build.raw_{vendor}._dlt_loads "
                "where status = 0"
            )
            # dlt's load ids are the seconds at which the load began.
            seconds = float(load_id) if load_id else None
            found[vendor] = (
                load_id,
                None if seconds is None else datetime.fromtimestamp(seconds, UTC),
            )
        return found

    def freshness(self, vendor: str) -> tuple[Freshness, datetime | None]:
        """Return how fresh the vendor is as this version is made, and its last load."""
        _, loaded_at = self.newest_loads.get(vendor, (None, None))
        return self.limits[vendor].judge(loaded_at, self.built_at), loaded_at


def utc(instant: datetime) -> datetime:
    """Return the instant in UTC without saying so, as DuckDB's timestamps are."""
    return instant.astimezone(UTC).replace(tzinfo=None)
