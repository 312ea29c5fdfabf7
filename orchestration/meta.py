"""The schema `meta` of a published version: how fresh and how checked each number is.

Written by `publish` into the new file, from the build, the version before and Dagster's
instance. Histories (changed columns, restatements, runs) are carried from version to
version; the rest is made anew.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb

from expectations.relations import RECONCILIATION
from ingestion.settings import Settings
from ingestion.vendors import used_vendors
from orchestration import meta_tables as tables
from orchestration import watch
from orchestration.ancestry import Ancestry
from orchestration.emptiness import reasons
from orchestration.freshness import Freshness, Limit, limits
from orchestration.graph import DbtGraph
from orchestration.history import Evaluation, evaluations, runs_since
from orchestration.restatements import finality_days, find_restatements
from orchestration.watch import Finding

# How long loads and runs stay in `meta`, and changes count as recent.
KEPT_DAYS = 90
BEFORE = "before"
PUBLISHED_ASSET = "published/warehouse"
_SEEN_BEFORE = f"""
    left join {BEFORE}.meta.raw_columns as known
        using (vendor, table_name, column_name)
"""
_WORST = (Freshness.never, Freshness.stale, Freshness.late, Freshness.fresh)


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

    def write(self) -> list[Finding]:
        """Write every table of `meta` and return what looks wrong."""
        self.connection.execute("create schema meta")
        for table in tables.EVERY:
            table.create(self.connection)
        self._attach_before()
        self._write_published()
        self._write_loads()
        self._write_sources()
        self._write_runs()
        self._write_empty_tables()
        findings = [
            *watch.stale_sources(
                {each: self._freshness(each) for each in self._limits}
            ),
            *watch.lost_rows(self.rows, self._rows_before()),
            *watch.drift(self._write_columns()),
            *watch.unusual_volumes(self.connection, self.graph, self._as_of_date),
            *self._write_restatements(),
        ]
        self._write_findings(findings)
        self._write_checks(findings)
        self._write_tables()
        if self._known_before:
            self.connection.execute(f"detach {BEFORE}")
        return findings

    @cached_property
    def _ancestry(self) -> Ancestry:
        return Ancestry(self.graph)

    @property
    def _as_of_date(self) -> date:
        zone = ZoneInfo(self.settings.reporting_timezone)
        return self.settings.as_of_at.astimezone(zone).date()

    @property
    def _now(self) -> datetime:
        """The version's time, in UTC without saying so, as DuckDB keeps it."""
        return _utc(self.built_at)

    def _attach_before(self) -> None:
        """Attach the version before; one that cannot be read is as good as none."""
        self._known_before: dict[str, set[str]] = {}
        if self.before is None:
            return
        try:
            self.connection.execute(f"attach '{self.before}' as {BEFORE} (read_only)")
        except duckdb.Error:
            return
        for schema, table in self._all(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = ?",
            [BEFORE],
        ):
            self._known_before.setdefault(schema, set()).add(table)

    def _had(self, table: tables.MetaTable) -> bool:
        return table.name in self._known_before.get("meta", set())

    def _all(self, query: str, values: list | None = None) -> list[tuple]:
        return self.connection.execute(query, values or []).fetchall()

    def _write_published(self) -> None:
        load_ids = {
            vendor: load_id
            for vendor, (load_id, _) in self._newest_loads.items()
            if load_id
        }
        tables.PUBLISHED.fill(
            self.connection,
            [
                (
                    self.name,
                    _utc(self.settings.as_of_at),
                    self._now,
                    self.run_id,
                    self.settings.base_currency,
                    self.settings.reporting_timezone,
                    json.dumps(load_ids),
                )
            ],
        )

    @cached_property
    def _raw_tables(self) -> dict[str, set[str]]:
        """The tables of each raw schema of the build."""
        found: dict[str, set[str]] = {}
        for schema, table in self._all(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'build' and starts_with(schema_name, 'raw_')"
        ):
            found.setdefault(schema, set()).add(table)
        return found

    @cached_property
    def _newest_loads(self) -> dict[str, tuple[str | None, datetime | None]]:
        """The newest finished load of each vendor in use, and when it finished."""
        found = {}
        for vendor in used_vendors(self.settings):
            if "_dlt_loads" not in self._raw_tables.get(f"raw_{vendor}", set()):
                continue
            ((load_id,),) = self._all(
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

    @cached_property
    def _limits(self) -> dict[str, Limit]:
        return limits(self.graph, self.settings)

    def _freshness(self, vendor: str) -> tuple[Freshness, datetime | None]:
        _, loaded_at = self._newest_loads.get(vendor, (None, None))
        return self._limits[vendor].judge(loaded_at, self.built_at), loaded_at

    def _write_loads(self) -> None:
        for vendor in used_vendors(self.settings):
            known = self._raw_tables.get(f"raw_{vendor}", set())
            if RECONCILIATION in known:
                self.connection.execute(
                    f"""
                    insert into meta.loads
                    select '{vendor}', load_id, table_name,
                        timezone('UTC', loaded_at), received_count, loaded_count,
                        duplicate_count, quarantined_count, skipped_count,
                        bad_value_count, is_balanced, extraction_seconds
                    from build.raw_{vendor}.{RECONCILIATION}
                    where loaded_at > cast(? as timestamp) - interval {KEPT_DAYS} day
                    """,
                    [self._now],
                )
            if "quarantine" in known:
                self.connection.execute(_rejected(vendor))

    def _write_sources(self) -> None:
        counts = {
            (vendor, load_id): (loaded, quarantined)
            for vendor, load_id, loaded, quarantined in self._all(
                "select vendor, load_id, sum(loaded_count), sum(quarantined_count) "
                "from meta.loads group by all"
            )
        }
        rows = []
        for vendor, limit in self._limits.items():
            freshness, loaded_at = self._freshness(vendor)
            load_id, _ = self._newest_loads.get(vendor, (None, None))
            used_for = [
                category
                for category, vendors in self.settings.vendors.items()
                if vendor in vendors
            ]
            rows.append(
                (
                    vendor,
                    ", ".join(used_for),
                    freshness.value,
                    loaded_at and _utc(loaded_at),
                    load_id,
                    limit.late.total_seconds() / 3600,
                    limit.stale.total_seconds() / 3600,
                    *counts.get((vendor, load_id), (None, None)),
                )
            )
        tables.SOURCES.fill(self.connection, rows)

    def _write_runs(self) -> None:
        """Add the runs since the version before to those that it knew."""
        self._evaluated: list[Evaluation] = []
        if self.instance is None:
            return
        since = self.built_at - timedelta(days=KEPT_DAYS)
        if self._had(tables.RUNS):
            ((built_at,),) = self._all(f"select built_at from {BEFORE}.meta.published")
            # Its own run had not ended then.
            since = built_at.replace(tzinfo=UTC) - timedelta(days=1)
        runs = runs_since(self.instance, since)
        for run in runs:
            self._evaluated += evaluations(self.instance, run.run_id)
        seen = ", ".join(f"'{run.run_id}'" for run in runs) or "''"
        tables.RUNS.carry_over(
            self.connection,
            BEFORE if self._had(tables.RUNS) else None,
            f"run_id not in ({seen}) and updated_at > "
            f"timestamp '{self._now}' - interval {KEPT_DAYS} day",
        )
        tables.RUNS.fill(
            self.connection,
            [
                (
                    run.run_id,
                    run.job,
                    run.status,
                    run.started_at and _utc(run.started_at),
                    run.ended_at and _utc(run.ended_at),
                    _utc(run.updated_at),
                    run.trigger,
                )
                for run in runs
            ],
        )

    def _write_empty_tables(self) -> None:
        empty = [
            (schema, name)
            for (schema, name), rows in self.rows.items()
            if rows == 0
            or (rows is None and not self._all(f'from "{schema}"."{name}" limit 1'))
        ]
        if empty:
            tables.EMPTY_TABLES.fill(
                self.connection,
                reasons({"nodes": self.graph.nodes}, self.settings, empty),
            )

    def _rows_before(self) -> dict[tuple[str, str], int | None]:
        if not self._had(tables.TABLES):
            return {}
        found = self._all(
            f"select table_schema, table_name, row_count from {BEFORE}.meta.tables"
        )
        return {(schema, table): rows for schema, table, rows in found}

    def _write_columns(self) -> list[dict]:
        """Write the raw columns and their history; return what changed just now."""
        known = self._had(tables.RAW_COLUMNS)
        self.connection.execute(
            f"""
            insert into meta.raw_columns
            select now.*, {"coalesce(first_seen_at, $1)" if known else "$1"}
            from (
                select schema_name[5:] as vendor, table_name, column_name, data_type
                from duckdb_columns() where database_name = 'build'
                    and starts_with(schema_name, 'raw_')
                    and not starts_with(table_name, '_dlt')
            ) as now
            {_SEEN_BEFORE if known else ""}
            order by all
            """,
            [self._now],
        )
        now = self._columns("meta.raw_columns")
        before = self._columns(f"{BEFORE}.meta.raw_columns") if known else {}
        emptied = self._emptied(now) if before else []
        changes = watch.changed_columns(now, before, emptied)
        tables.SCHEMA_CHANGES.carry_over(
            self.connection, BEFORE if self._had(tables.SCHEMA_CHANGES) else None
        )
        tables.SCHEMA_CHANGES.fill(
            self.connection,
            [(self.name, self._now, *change.values()) for change in changes],
        )
        return changes

    def _columns(self, table: str) -> dict[tuple[str, str, str], str]:
        found = self._all(
            f"select vendor, table_name, column_name, data_type from {table}"
        )
        return {tuple(place): kind for *place, kind in found}

    def _emptied(
        self, columns: dict[tuple[str, str, str], str]
    ) -> list[tuple[str, str, str]]:
        """Return the columns that are empty since the version before."""
        by_table: dict[tuple[str, str], list[str]] = {}
        for vendor, table, column in columns:
            by_table.setdefault((vendor, table), []).append(column)
        ((known,),) = self._all(f"select load_ids from {BEFORE}.meta.published")
        loads_before = json.loads(known)
        loaded = self._all(
            "select vendor, load_id, table_name, loaded_count from meta.loads "
            f"where loaded_count >= {watch.TELLING_ROWS}"
        )
        emptied = []
        for vendor, table in sorted({(v, t) for v, _, t, _ in loaded}):
            load_id = loads_before.get(vendor)
            names = by_table.get((vendor, table), [])
            is_newer = any(
                (v, t) == (vendor, table) and load_id and load > load_id
                for v, load, t, _ in loaded
            )
            if is_newer and "_dlt_load_id" in names:
                place = f'build."raw_{vendor}"."{table}"'
                found = watch.emptied_columns(self.connection, place, names, load_id)
                emptied += [(vendor, table, name) for name in found]
        return emptied

    def _write_restatements(self) -> list[Finding]:
        """Write the history of restatements; return the findings on the new ones."""
        tables.RESTATEMENTS.carry_over(
            self.connection, BEFORE if self._had(tables.RESTATEMENTS) else None
        )
        if not self._known_before.get("kpis") or not self._had(tables.TABLES):
            return []
        (
            (
                version,
                as_of,
                currency,
                zone,
                load_ids,
            ),
        ) = self._all(
            "select version, as_of, base_currency, reporting_timezone, load_ids "
            f"from {BEFORE}.meta.published"
        )
        # A clock that was turned back makes periods incomplete, it corrects nothing.
        if as_of > _utc(self.settings.as_of_at):
            return []
        day = as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
        found = find_restatements(self.connection, self.graph, day, BEFORE)
        if not found:
            return []
        loads_before = json.loads(load_ids)
        loaded = {
            vendor
            for vendor, (load_id, _) in self._newest_loads.items()
            if load_id != loads_before.get(vendor)
        }
        same_settings = (
            currency == self.settings.base_currency
            and zone == self.settings.reporting_timezone
            and loads_before.keys() == self._newest_loads.keys()
        )
        digests = dict(
            self._all(
                f"select table_name, definition_digest from {BEFORE}.meta.tables "
                "where table_schema = 'kpis'"
            )
        )
        cause, fed_by = {}, {}
        for table in {each.table for each in found}:
            fed_by[table] = sorted(loaded & set(self._ancestry.vendors("kpis", table)))
            if not same_settings:
                cause[table] = "settings"
            elif digests.get(table) != self._ancestry.digest("kpis", table):
                cause[table] = "definition"
            else:
                cause[table] = "data" if fed_by[table] else "clock"
        tables.RESTATEMENTS.fill(
            self.connection,
            [
                (
                    self.name,
                    self._now,
                    version,
                    each.table,
                    each.period_type,
                    each.first_period,
                    each.last_period,
                    each.period_count,
                    each.measure,
                    each.scope_type,
                    each.changed_rows,
                    each.added_rows,
                    each.removed_rows,
                    each.old_value,
                    each.new_value,
                    cause[each.table],
                    ", ".join(fed_by[each.table]),
                )
                for each in found
            ],
        )
        return watch.restated(found, cause)

    def _write_findings(self, findings: list[Finding]) -> None:
        tables.FINDINGS.fill(
            self.connection,
            [
                (f.check, f.severity, f.subject, f.text, f.expected, f.found)
                for f in findings
            ],
        )

    def _write_checks(self, findings: list[Finding]) -> None:
        """Write what each check found last; those that did not run keep theirs."""
        last = {(each.asset, each.check): each for each in self._evaluated}
        for check in watch.CHECKS:
            own = [each for each in findings if each.check == check]
            is_error = any(each.severity == "error" for each in own)
            last[PUBLISHED_ASSET, check] = Evaluation(
                PUBLISHED_ASSET,
                check,
                not own,
                "error" if is_error else "warning",
                "failed" if own else "passed",
                "\n".join(each.text for each in own),
                "",
                len(own),
                self.built_at,
                self.run_id,
            )
        since = {}
        if self._had(tables.CHECKS):
            since = {
                (asset, check): failing
                for asset, check, failing in self._all(
                    f"select asset_key, check_name, failing_since "
                    f"from {BEFORE}.meta.checks where failing_since is not null"
                )
            }
            self._carry_checks(set(last))
        tables.CHECKS.fill(
            self.connection,
            [
                (
                    each.asset,
                    *self._place(each.asset),
                    each.check,
                    each.is_passed,
                    each.severity,
                    each.status,
                    each.description or None,
                    each.failing_count,
                    _utc(each.checked_at),
                    None if each.is_passed else since.get(key, _utc(each.checked_at)),
                    each.run_id,
                )
                for key, each in sorted(last.items())
            ],
        )

    def _carry_checks(self, again: set[tuple[str, str]]) -> None:
        """Keep what the checks that did not run again found, while there are such."""
        known = {
            (key.asset_key.to_user_string(), key.name)
            for key in self.graph.tests().values()
        }
        assets = {
            self.graph.key(each).to_user_string()
            for each in [*self.graph.sources, *self.graph.built()]
        }
        tests = {check for _, check in known}
        kept = [
            (asset, check)
            for asset, check in self._all(
                f"select asset_key, check_name from {BEFORE}.meta.checks"
            )
            if (asset, check) not in again
            and asset in assets
            and ((asset, check) in known or check not in tests)
        ]
        if kept:
            pairs = ", ".join(f"('{asset}', '{check}')" for asset, check in kept)
            tables.CHECKS.carry_over(
                self.connection, BEFORE, f"(asset_key, check_name) in ({pairs})"
            )

    def _place(self, asset: str) -> tuple[str, str]:
        folder, _, name = asset.rpartition("/")
        return (f"raw_{folder}" if folder in self._limits else folder), name

    def _write_tables(self) -> None:
        own, failing, checked = Counter(), Counter(), {}
        for asset, is_passed, checked_at in self._all(
            "select asset_key, is_passed, checked_at from meta.checks"
        ):
            own[asset] += 1
            failing[asset] += not is_passed
            checked[asset] = max(checked.get(asset, checked_at), checked_at)
        restated = dict(
            self._all(
                "select table_name, sum(period_count) from (select distinct "
                "version, table_name, period_type, first_period_date, period_count "
                "from meta.kpi_restatements where restated_at > cast(? as timestamp) "
                f"- interval {KEPT_DAYS} day) group by all",
                [self._now],
            )
        )
        rows = []
        for (schema, table), count in self.rows.items():
            unique_id = self._ancestry.unique_id(schema, table)
            node = self.graph.nodes.get(unique_id or "", {})
            said = node.get("config", {}).get("meta") or {}
            vendors = self._ancestry.vendors(schema, table)
            judged = [self._freshness(each) for each in vendors]
            loaded = sorted(_utc(at) for _, at in judged if at)
            asset = f"{schema}/{table}"
            rows.append(
                (
                    schema,
                    table,
                    said.get("owner"),
                    ", ".join(said.get("kpi") or []) or None,
                    count,
                    ", ".join(vendors) or None,
                    next(
                        (w.value for w in _WORST if any(j == w for j, _ in judged)),
                        None,
                    ),
                    loaded[0] if loaded else None,
                    loaded[-1] if loaded else None,
                    own[asset],
                    failing[asset],
                    sum(
                        failing[self.graph.key(each).to_user_string()]
                        for each in self._ancestry.above(schema, table)
                    ),
                    checked.get(asset),
                    finality_days(node) if schema == "kpis" else None,
                    restated.get(table, 0) if schema == "kpis" else None,
                    self._ancestry.digest(schema, table),
                )
            )
        tables.TABLES.fill(self.connection, rows)


def _utc(instant: datetime) -> datetime:
    """Return the instant in UTC without saying so, as DuckDB's timestamps are."""
    return instant.astimezone(UTC).replace(tzinfo=None)


def _rejected(vendor: str) -> str:
    """Return the statement that counts the vendor's quarantine by reason.

    Reasons quote what they reject; quotes, addresses and numbers are taken out.
    """
    masked = "coalesce(reason, 'no reason was given')"
    for pattern, instead in (
        ("''[^'']*''", "…"),
        ('"[^"]*"', "…"),
        (r"\S+@\S+", "…"),
        (r"\d+", "#"),
    ):
        masked = f"regexp_replace({masked}, '{pattern}', '{instead}', 'g')"
    return f"""
        insert into meta.rejected_rows
        select '{vendor}', table_name, field_name, {masked} as reason, count(*),
            min(to_timestamp(cast(_dlt_load_id as double)))::timestamp,
            max(to_timestamp(cast(_dlt_load_id as double)))::timestamp
        from build.raw_{vendor}.quarantine group by all
    """
