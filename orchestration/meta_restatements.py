"""What `meta` says of KPIs that changed after their period was final, and why."""

import json
from datetime import UTC
from zoneinfo import ZoneInfo

from orchestration import meta_tables as tables
from orchestration import watch
from orchestration.restatements import find_restatements
from orchestration.version import BEFORE, Version, utc
from orchestration.watch import Finding


def write_restatements(version: Version) -> list[Finding]:
    """Write the history of restatements; return the findings on the new ones."""
    tables.RESTATEMENTS.carry_over(
        version.connection, BEFORE if version.had(tables.RESTATEMENTS) else None
    )
    if not version.known_before.get("kpis") or not version.had(tables.TABLES):
        return []
    ((prior, as_of, currency, zone, load_ids),) = version.query(
        "select version, as_of, base_currency, reporting_timezone, load_ids "
        f"from {BEFORE}.meta.published"
    )
    # A clock that was turned back makes periods incomplete, it corrects nothing.
    if as_of > utc(version.settings.as_of_at):
        return []
    day = as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()
    found = find_restatements(version.connection, version.graph, day, BEFORE)
    if not found:
        return []
    loads_before = json.loads(load_ids)
    loaded = {
        vendor
        for vendor, (load_id, _) in version.newest_loads.items()
        if load_id != loads_before.get(vendor)
    }
    same_settings = (
        currency == version.settings.base_currency
        and zone == version.settings.reporting_timezone
        and loads_before.keys() == version.newest_loads.keys()
    )
    digests = dict(
        version.query(
            f"select table_name, definition_digest from {BEFORE}.meta.tables "
            "where table_schema = 'kpis'"
        )
    )
    cause, fed_by = {}, {}
    for table in {each.table for each in found}:
        fed_by[table] = sorted(loaded & set(version.ancestry.vendors("kpis", table)))
        if not same_settings:
            cause[table] = "settings"
        elif digests.get(table) != version.ancestry.digest("kpis", table):
            cause[table] = "definition"
        else:
            cause[table] = "data" if fed_by[table] else "clock"
    tables.RESTATEMENTS.fill(
        version.connection,
        [
            (
                version.name,
                version.now,
                prior,
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
