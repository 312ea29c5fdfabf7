"""What looks wrong in a version that is about to be published: findings, not verdicts.

They become asset checks of `published/warehouse`, rows of `meta.findings` and alerts.
None of them keeps a version back: what must hold for that is a blocking check before.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import dagster as dg
import duckdb

from orchestration.freshness import Freshness
from orchestration.graph import DbtGraph
from orchestration.history import FINDINGS
from orchestration.restatements import Restatement

FRESH = "sources_are_fresh"
ROWS = "tables_keep_their_rows"
COLUMNS = "raw_columns_hold"
VOLUMES = "volumes_are_usual"
FINAL = "final_periods_hold"
CHECKS = {
    FRESH: "Every vendor was loaded within its limit (the dbt source's freshness, or "
    "FRESHNESS_HOURS).",
    ROWS: "No fact or dimension has a fifth fewer rows than in the version before, and "
    "no table lost all of them.",
    COLUMNS: "No raw column is new, gone, of another type, or suddenly empty.",
    VOLUMES: "The last complete days of each watched fact are like the same weekday of "
    "the weeks before, holidays left out.",
    FINAL: "No KPI of a final period has changed since the version before "
    "(meta.kpi_restatements says which have).",
}
# What happened once, and is not there or gone at the next look: nothing recovers from it.
HAPPENED = (ROWS, COLUMNS, FINAL)
# Fewer rows than these come and go by chance.
FEWEST_ROWS = 20
KEPT_SHARE = 0.8
# A column was always filled if this part of its rows was; a load of as many rows tells.
FILLED_SHARE = 0.99
TELLING_ROWS = 50
# Days that are looked at, weeks that they are compared with, and how many must be there.
WATCHED_DAYS = 3
BASELINE_WEEKS = 8
BASELINE_MINIMUM = 4
# Normal days lie within three; five leaves one false alarm in a million such days.
SPREADS = 5
# To compare medians of absolute deviations with standard deviations.
MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True)
class Finding:
    """One thing that looks wrong.

    Attributes:
        check: the check that found it.
        severity: warning or error.
        subject: what it is about: a vendor, a table, a table's day.
        text: what was found, in words; no value of a row.
        expected: the number that was expected, where there is one.
        found: the number that was found.
    """

    check: str
    severity: str
    subject: str
    text: str
    expected: float | None = None
    found: float | None = None


def stale_sources(
    judged: Mapping[str, tuple[Freshness, datetime | None]],
) -> list[Finding]:
    """Return the vendors whose last load is older than their limit."""
    return [
        Finding(
            FRESH,
            "warning" if freshness is Freshness.late else "error",
            vendor,
            f"{vendor} is {freshness}"
            + (f": last loaded {loaded_at:%Y-%m-%d %H:%M} UTC" if loaded_at else ""),
        )
        for vendor, (freshness, loaded_at) in sorted(judged.items())
        if freshness is not Freshness.fresh
    ]


def lost_rows(
    now: Mapping[tuple[str, str], int | None],
    before: Mapping[tuple[str, str], int | None],
) -> list[Finding]:
    """Return the tables that have far fewer rows than in the version before."""
    found = []
    for (schema, table), rows_before in sorted(before.items()):
        rows, name = now.get((schema, table)), f"{schema}.{table}"
        if (schema, table) not in now:
            text = f"{name} is not published any more"
            found.append(Finding(ROWS, "warning", name, text, rows_before))
        elif rows is None or rows_before is None or rows_before < FEWEST_ROWS:
            continue
        elif rows == 0:
            text = f"{name} lost all of its {rows_before:,} rows"
            # A list of what is open may well be empty one day; a fact may not.
            severity = "error" if schema == "marts" else "warning"
            found.append(Finding(ROWS, severity, name, text, rows_before, 0))
        elif schema == "marts" and rows < KEPT_SHARE * rows_before:
            text = f"{name} has {rows:,} rows after {rows_before:,}"
            found.append(Finding(ROWS, "warning", name, text, rows_before, rows))
    return found


def changed_columns(
    now: Mapping[tuple[str, str, str], str],
    before: Mapping[tuple[str, str, str], str],
    emptied: Iterable[tuple[str, str, str]],
) -> list[dict[str, Any]]:
    """Return how the raw columns changed, keyed by vendor, table and column.

    A table that is new as a whole, or belongs to a vendor that is, is no drift.
    """
    tables_before = {(vendor, table) for vendor, table, _ in before}
    tables_now = {(vendor, table) for vendor, table, _ in now}
    changes = []

    def add(place: tuple[str, str, str], change: str) -> None:
        changes.append(
            {
                "vendor": place[0],
                "table_name": place[1],
                "column_name": place[2],
                "change_type": change,
                "old_type": before.get(place),
                "new_type": now.get(place),
            }
        )

    for place in sorted(now.keys() | before.keys()):
        if place not in before:
            if place[:2] in tables_before:
                add(place, "added")
        elif place not in now:
            if place[:2] in tables_now:
                add(place, "removed")
        elif now[place] != before[place]:
            add(place, "retyped")
    for place in sorted(emptied):
        add(place, "emptied")
    return changes


def drift(changes: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return the findings on changed raw columns, one per table and kind of change."""
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for each in changes:
        place = (each["vendor"], each["table_name"], each["change_type"])
        grouped.setdefault(place, []).append(each["column_name"])
    return [
        Finding(
            COLUMNS,
            "warning",
            f"raw_{vendor}.{table} {change}",
            f"raw_{vendor}.{table}: {', '.join(columns)} {change}",
            found=len(columns),
        )
        for (vendor, table, change), columns in grouped.items()
    ]


def emptied_columns(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    columns: Iterable[str],
    load_id: str,
) -> list[str]:
    """Return the columns that were always filled and are empty since the load.

    Args:
        connection: sees the table.
        place: the raw table, quoted.
        columns: its columns.
        load_id: the newest load of the version before.
    """
    columns = [name for name in columns if not name.startswith("_dlt")]
    if not columns:
        return []
    counts = ", ".join(
        f'count("{name}") filter (is_new), count("{name}") filter (not is_new)'
        for name in columns
    )
    said = ", ".join(f'"{name}"' for name in columns)
    new, old, *filled = connection.execute(
        f"""
        select count(*) filter (is_new), count(*) filter (not is_new), {counts}
        from (select {said}, _dlt_load_id > ? as is_new from {place})
        """,
        [load_id],
    ).fetchall()[0]
    if new < TELLING_ROWS or old < TELLING_ROWS:
        return []
    return [
        name
        for position, name in enumerate(columns)
        if filled[2 * position] == 0 and filled[2 * position + 1] >= FILLED_SHARE * old
    ]


def unusual_volumes(
    connection: duckdb.DuckDBPyConnection, graph: DbtGraph, today: date
) -> list[Finding]:
    """Return the last complete days that are unlike the same weekdays before.

    Which facts are watched by which date, and which of their columns are summed, is
    `watch` in their `config.meta`. Each vendor's rows are a series of their own.
    """
    found = []
    holidays: set[date] | None = None
    for node in graph.built().values():
        watched = (node.get("config", {}).get("meta") or {}).get("watch")
        if not watched:
            continue
        if holidays is None:
            holidays = _holidays(connection, today)
        for (vendor, measure), series in _daily(
            connection, node, watched, today
        ).items():
            for day, value in _unusual(series, holidays, today):
                expected = _baseline(series, holidays, day)
                assert expected is not None
                subject = f"{node['name']} {vendor} {measure} {day}"
                text = (
                    f"{node['name']}: {value:,.0f} {measure} from {vendor} on "
                    f"{day:%A} {day}, where {expected[0]:,.0f} are usual"
                )
                severity = "error" if value == 0 else "warning"
                found.append(
                    Finding(VOLUMES, severity, subject, text, expected[0], value)
                )
    return found


def restated(
    restatements: Iterable[Restatement], cause: Mapping[str, str]
) -> list[Finding]:
    """Return the findings on restated periods, one per KPI table."""
    tables: dict[str, list[Restatement]] = {}
    for each in restatements:
        tables.setdefault(each.table, []).append(each)
    found = []
    for table, changes in sorted(tables.items()):
        measures = sorted({each.measure for each in changes})
        periods = len({(c.period_type, c.first_period) for c in changes})
        text = (
            f"kpis.{table}: {', '.join(measures[:3])}"
            + (f" and {len(measures) - 3} more measures" if measures[3:] else "")
            + f" of {periods} final periods changed ({cause[table]}); "
            f"first {min(c.first_period for c in changes)}"
        )
        found.append(Finding(FINAL, "warning", f"kpis.{table}", text, found=periods))
    return found


def as_check_results(findings: Iterable[Finding]) -> list[dg.AssetCheckResult]:
    """Return one result per check, with its findings."""
    findings = list(findings)
    results = []
    for name in CHECKS:
        own = [each for each in findings if each.check == name]
        is_error = any(each.severity == "error" for each in own)
        results.append(
            dg.AssetCheckResult(
                check_name=name,
                passed=not own,
                severity=(
                    dg.AssetCheckSeverity.ERROR
                    if is_error
                    else dg.AssetCheckSeverity.WARN
                ),
                description="\n".join(each.text for each in own),
                metadata={
                    FINDINGS: json.loads(json.dumps([asdict(each) for each in own])),
                    "failures": len(own),
                },
            )
        )
    return results


def _holidays(connection: duckdb.DuckDBPyConnection, today: date) -> set[date]:
    try:
        found = connection.execute(
            "select calendar_date from marts.dim_dates where is_public_holiday "
            "and calendar_date <= ? and calendar_date > ? - 200",
            [today, today],
        )
    except duckdb.CatalogException:
        return set()
    return {day for (day,) in found.fetchall()}


def _daily(
    connection: duckdb.DuckDBPyConnection,
    node: Mapping[str, Any],
    watched: Mapping[str, Any],
    today: date,
) -> dict[tuple[str, str], dict[date, float]]:
    """Return rows and sums per day of the fact, by vendor and measure."""
    day, sums = watched["date"], list(watched.get("sums") or [])
    vendor = "vendor" if "vendor" in node["columns"] else "'all vendors'"
    weeks = 2 * BASELINE_WEEKS
    said = "".join(f', cast(sum("{name}") as double)' for name in sums)
    rows = connection.execute(
        f"""
        select {vendor}, "{day}", count(*){said}
        from "{node["schema"]}"."{node["name"]}"
        where "{day}" < ? and "{day}" >= ? - {7 * weeks} group by all
        """,
        [today, today],
    ).fetchall()
    series: dict[tuple[str, str], dict[date, float]] = {}
    for who, when, *values in rows:
        for measure, value in zip(["rows", *sums], values, strict=True):
            series.setdefault((who, measure), {})[when] = float(value or 0)
    return series


def _unusual(
    series: Mapping[date, float], holidays: set[date], today: date
) -> list[tuple[date, float]]:
    found = []
    for days_ago in range(WATCHED_DAYS, 0, -1):
        day = today - timedelta(days=days_ago)
        baseline = _baseline(series, holidays, day)
        if day in holidays or baseline is None:
            continue
        value, (usual, spread) = series.get(day, 0.0), baseline
        if abs(value - usual) > SPREADS * spread:
            found.append((day, value))
    return found


def _baseline(
    series: Mapping[date, float], holidays: set[date], day: date
) -> tuple[float, float] | None:
    """Return median and spread of the same weekday, None where too few are known."""
    first = min(series)
    weeks = (day - timedelta(weeks=week) for week in range(1, 2 * BASELINE_WEEKS))
    values = [
        series.get(each, 0.0)
        for each in weeks
        if each >= first and each not in holidays
    ][:BASELINE_WEEKS]
    if len(values) < BASELINE_MINIMUM:
        return None
    usual = median(values)
    deviation = median(abs(value - usual) for value in values)
    # Counts scatter by their root even where eight of them happen to be alike.
    spread = max(
        MAD_TO_DEVIATION * deviation, math.sqrt(abs(usual)), abs(usual) / 10, 2
    )
    return usual, spread
