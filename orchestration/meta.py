"""The schema `meta` of a published version: how fresh and how checked each number is.

Written by `publish` into the new file, from the build, the version before and Dagster's
instance. Histories (changed columns, restatements, runs) are carried from version to
version; the rest is made anew.
"""

import json
from collections import Counter

from orchestration import meta_tables as tables
from orchestration import watch
from orchestration.emptiness import reasons
from orchestration.freshness import Freshness
from orchestration.meta_restatements import write_restatements
from orchestration.meta_runs import write_checks, write_runs
from orchestration.meta_sources import write_columns, write_loads, write_sources
from orchestration.restatements import finality_days
from orchestration.version import BEFORE, KEPT_DAYS, Version, utc
from orchestration.watch import Finding

_WORST = (Freshness.never, Freshness.stale, Freshness.late, Freshness.fresh)


def write_meta(version: Version) -> list[Finding]:
    """Write every table of `meta` and return what looks wrong."""
    version.connection.execute("create schema meta")
    for table in tables.EVERY:
        table.create(version.connection)
    version.attach_before()
    _write_published(version)
    write_loads(version)
    write_sources(version)
    evaluated = write_runs(version)
    _write_empty_tables(version)
    findings = [
        *watch.stale_sources(
            {each: version.freshness(each) for each in version.limits}
        ),
        *watch.lost_rows(version.rows, _rows_before(version)),
        *watch.drift(write_columns(version)),
        *watch.unusual_volumes(version.connection, version.graph, version.as_of_date),
        *write_restatements(version),
    ]
    _write_findings(version, findings)
    write_checks(version, findings, evaluated)
    _write_tables(version)
    version.detach_before()
    return findings


def _write_published(version: Version) -> None:
    load_ids = {
        vendor: load_id
        for vendor, (load_id, _) in version.newest_loads.items()
        if load_id
    }
    tables.PUBLISHED.fill(
        version.connection,
        [
            (
                version.name,
                utc(version.settings.as_of_at),
                version.now,
                version.run_id,
                version.settings.base_currency,
                version.settings.reporting_timezone,
                json.dumps(load_ids),
            )
        ],
    )


def _write_empty_tables(version: Version) -> None:
    empty = [
        (schema, name)
        for (schema, name), rows in version.rows.items()
        if rows == 0
        or (rows is None and not version.query(f'from "{schema}"."{name}" limit 1'))
    ]
    if empty:
        tables.EMPTY_TABLES.fill(
            version.connection,
            reasons({"nodes": version.graph.nodes}, version.settings, empty),
        )


def _rows_before(version: Version) -> dict[tuple[str, str], int | None]:
    if not version.had(tables.TABLES):
        return {}
    found = version.query(
        f"select table_schema, table_name, row_count from {BEFORE}.meta.tables"
    )
    return {(schema, table): rows for schema, table, rows in found}


def _write_findings(version: Version, findings: list[Finding]) -> None:
    tables.FINDINGS.fill(
        version.connection,
        [
            (f.check, f.severity, f.subject, f.text, f.expected, f.found)
            for f in findings
        ],
    )


def _write_tables(version: Version) -> None:
    own, failing, checked = Counter(), Counter(), {}
    for asset, is_passed, checked_at in version.query(
        "select asset_key, is_passed, checked_at from meta.checks"
    ):
        own[asset] += 1
        failing[asset] += not is_passed
        checked[asset] = max(checked.get(asset, checked_at), checked_at)
    restated = dict(
        version.query(
            "select table_name, sum(period_count) from (select distinct "
            "version, table_name, period_type, first_period_date, period_count "
            "from meta.kpi_restatements where restated_at > cast(? as timestamp) "
            f"- interval {KEPT_DAYS} day) group by all",
            [version.now],
        )
    )
    rows = []
    for (schema, table), count in version.rows.items():
        unique_id = version.ancestry.unique_id(schema, table)
        node = version.graph.nodes.get(unique_id or "", {})
        said = node.get("config", {}).get("meta") or {}
        vendors = version.ancestry.vendors(schema, table)
        judged = [version.freshness(each) for each in vendors]
        loaded = sorted(utc(at) for _, at in judged if at)
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
                    failing[version.graph.key(each).to_user_string()]
                    for each in version.ancestry.above(schema, table)
                ),
                checked.get(asset),
                finality_days(node) if schema == "kpis" else None,
                restated.get(table, 0) if schema == "kpis" else None,
                version.ancestry.digest(schema, table),
            )
        )
    tables.TABLES.fill(version.connection, rows)
