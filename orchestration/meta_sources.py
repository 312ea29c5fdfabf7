"""What `meta` says of the vendors: loads, freshness, rejected rows, raw columns."""

import json

from expectations.relations import RECONCILIATION
from ingestion.vendors import used_vendors
from orchestration import meta_tables as tables
from orchestration import watch
from orchestration.version import BEFORE, KEPT_DAYS, Version, utc

_SEEN_BEFORE = f"""
    left join {BEFORE}.meta.raw_columns as known
        using (vendor, table_name, column_name)
"""


def write_loads(version: Version) -> None:
    """Write the loads of the last days, and all that is in quarantine, by reason."""
    for vendor in used_vendors(version.settings):
        known = version.raw_tables.get(f"raw_{vendor}", set())
        if RECONCILIATION in known:
            version.connection.execute(
                f"""
                insert into meta.loads
                select '{vendor}', load_id, table_name,
                    timezone('UTC', loaded_at), received_count, loaded_count,
                    duplicate_count, quarantined_count, skipped_count,
                    bad_value_count, is_balanced, extraction_seconds
                from build.raw_{vendor}.{RECONCILIATION}
                where loaded_at > cast(? as timestamp) - interval {KEPT_DAYS} day
                """,
                [version.now],
            )
        if "quarantine" in known:
            version.connection.execute(_rejected(vendor))


def write_sources(version: Version) -> None:
    """Write one row per vendor; call `write_loads` first."""
    counts = {
        (vendor, load_id): (loaded, quarantined)
        for vendor, load_id, loaded, quarantined in version.query(
            "select vendor, load_id, sum(loaded_count), sum(quarantined_count) "
            "from meta.loads group by all"
        )
    }
    rows = []
    for vendor, limit in version.limits.items():
        freshness, loaded_at = version.freshness(vendor)
        load_id, _ = version.newest_loads.get(vendor, (None, None))
        used_for = [
            category
            for category, vendors in version.settings.vendors.items()
            if vendor in vendors
        ]
        rows.append(
            (
                vendor,
                ", ".join(used_for),
                freshness.value,
                loaded_at and utc(loaded_at),
                load_id,
                limit.late.total_seconds() / 3600,
                limit.stale.total_seconds() / 3600,
                *counts.get((vendor, load_id), (None, None)),
            )
        )
    tables.SOURCES.fill(version.connection, rows)


def write_columns(version: Version) -> list[dict]:
    """Write the raw columns and their history; return what changed just now."""
    known = version.had(tables.RAW_COLUMNS)
    version.connection.execute(
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
        [version.now],
    )
    now = _columns(version, "meta.raw_columns")
    before = _columns(version, f"{BEFORE}.meta.raw_columns") if known else {}
    emptied = _emptied(version, now) if before else []
    changes = watch.changed_columns(now, before, emptied)
    tables.SCHEMA_CHANGES.carry_over(
        version.connection, BEFORE if version.had(tables.SCHEMA_CHANGES) else None
    )
    tables.SCHEMA_CHANGES.fill(
        version.connection,
        [(version.name, version.now, *change.values()) for change in changes],
    )
    return changes


def _columns(version: Version, table: str) -> dict[tuple[str, str, str], str]:
    found = version.query(
        f"select vendor, table_name, column_name, data_type from {table}"
    )
    return {tuple(place): kind for *place, kind in found}


def _emptied(
    version: Version, columns: dict[tuple[str, str, str], str]
) -> list[tuple[str, str, str]]:
    """Return the columns that are empty since the version before."""
    by_table: dict[tuple[str, str], list[str]] = {}
    for vendor, table, column in columns:
        by_table.setdefault((vendor, table), []).append(column)
    ((known,),) = version.query(f"select load_ids from {BEFORE}.meta.published")
    loads_before = json.loads(known)
    loaded = version.query(
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
            found = watch.emptied_columns(version.connection, place, names, load_id)
            emptied += [(vendor, table, name) for name in found]
    return emptied


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
