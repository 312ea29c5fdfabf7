"""The rows of the marts behind a KPI's number, with the vendors' ids and load ids."""

from typing import TYPE_CHECKING, Any

from ingestion.settings import Settings
from orchestration.lineage import Lineage, read_lineage
from orchestration.manifest import read_manifest
from orchestration.periods import Period
from orchestration.provenance import ROWS, NoProvenanceError, Provenance

if TYPE_CHECKING:
    import duckdb

    from orchestration.why import Kpi

SHOWN_ROWS = 20
_IDS, _DATES, _NUMBERS = 3, 2, 4


def rows_behind(
    settings: Settings, kpi: "Kpi", column: str, period: Period, scope: str
) -> list[str]:
    """Return lines with the rows that made the whole of the period's number.

    They are found in the build file, which alone has all layers.

    Args:
        settings: where the build file is.
        kpi: the KPI's contract.
        column: the number.
        period: the period.
        scope: the scope type of the rows that are the whole, '' where there is none.
    """
    import duckdb

    manifest, lineage = read_manifest(settings), read_lineage(settings)
    conditions = [period.condition(kpi.period)]
    if scope:
        conditions.append(f"scope_type = '{scope}'")
    try:
        query = _query(settings, manifest, lineage, kpi, column)
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(
                f"attach '{settings.warehouse_path}' as warehouse (read_only)"
            )
            connection.execute("use warehouse")
            found = connection.execute(
                f"select distinct unnest({ROWS}) from ({query}) "
                f"where {' and '.join(conditions)}"
            ).fetchall()
            return _lines(connection, manifest, lineage, kpi, column, found)
    except NoProvenanceError as error:
        return ["", f"The rows behind it cannot be listed: {error}."]
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0]
        return ["", f"The rows are in the build file, which cannot be read: {reason}"]
    except duckdb.Error as error:
        reason = " ".join(str(error).split())[:300]
        return ["", f"The rows behind it cannot be listed: {reason}"]


def _query(
    settings: Settings,
    manifest: dict[str, Any],
    lineage: Lineage,
    kpi: "Kpi",
    column: str,
) -> str:
    try:
        return Provenance(settings, manifest, lineage).sql(kpi.unique_id, [column])
    except NoProvenanceError:
        deeper = Provenance(settings, manifest, lineage, below_marts=True)
        return deeper.sql(kpi.unique_id, [column])


def _lines(
    connection: "duckdb.DuckDBPyConnection",
    manifest: dict[str, Any],
    lineage: Lineage,
    kpi: "Kpi",
    column: str,
    found: list[tuple[str]],
) -> list[str]:
    tables: dict[str, list[int]] = {}
    for (row,) in found:
        place, _, number = row.rpartition(":")
        tables.setdefault(place, []).append(int(number))
    lines = []
    for place in sorted(tables):
        unique_id = next(
            unique_id
            for unique_id, node in manifest["nodes"].items()
            if f"{node['schema']}.{node['alias']}" == place
            and node["resource_type"] == "model"
        )
        used = {
            name
            for table, name in lineage.upstream((kpi.unique_id, column))
            if table == unique_id
        }
        lines += ["", f"{len(tables[place]):,} rows of {place} are behind it"]
        if "is_hidden" in kpi.types:
            # Small groups are hidden for the sake of persons; so is each person.
            continue
        lines += _table_lines(
            connection, manifest, lineage, unique_id, used, sorted(tables[place])
        )
    return lines or ["", "No row is behind it."]


def _table_lines(
    connection: "duckdb.DuckDBPyConnection",
    manifest: dict[str, Any],
    lineage: Lineage,
    unique_id: str,
    used: set[str],
    rows: list[int],
) -> list[str]:
    node = manifest["nodes"][unique_id]
    types = {
        name: (each.get("data_type") or "").lower()
        for name, each in node["columns"].items()
    }
    personal = {
        name
        for name, each in node["columns"].items()
        if (each.get("config", {}).get("meta") or {}).get("pii")
    }
    ids = [name for name in types if name.endswith("_id")][:_IDS]
    dates = [name for name in types if types[name] == "date"][:_DATES]
    told = [name for name in types if name in used and name not in personal]
    numbers = [name for name in told if not name.endswith("_key")][:_NUMBERS]
    first = [each for each in ("vendor",) if each in types]
    shown = [*dict.fromkeys([*first, *ids, *dates, *numbers])] or [*types][:_NUMBERS]
    wanted = ", ".join(str(each) for each in rows[:SHOWN_ROWS])
    place = f'"{node["schema"]}"."{node["alias"]}"'
    found = connection.execute(
        f"select {', '.join(shown)} from {place} where rowid in ({wanted}) order by rowid"
    ).fetchall()
    loads = [
        _loads(
            connection, manifest, lineage, unique_id, dict(zip(shown, row, strict=True))
        )
        for row in found
    ]
    cells = [[*shown, "load id"]]
    cells += [
        ["–" if each is None else str(each) for each in row] + [load]
        for row, load in zip(found, loads, strict=True)
    ]
    widths = [max(len(row[at]) for row in cells) for at in range(len(cells[0]))]
    lines = [
        "  "
        + "  ".join(each.ljust(width) for each, width in zip(row, widths, strict=True))
        for row in cells
    ]
    if len(rows) > SHOWN_ROWS:
        lines.append(f"  and {len(rows) - SHOWN_ROWS:,} more")
    return [line.rstrip() for line in lines]


def _loads(
    connection: "duckdb.DuckDBPyConnection",
    manifest: dict[str, Any],
    lineage: Lineage,
    unique_id: str,
    row: dict[str, Any],
) -> str:
    """Return where the row's own id is in raw, and which loads brought it."""
    for name, value in row.items():
        if not name.endswith("_id") or value is None:
            continue
        for table, raw in lineage.upstream((unique_id, name)):
            source = manifest["sources"].get(table)
            vendor = row.get("vendor")
            if source is None or (vendor and source["source_name"] != vendor):
                continue
            place = f"{source['schema']}.{source['identifier']}"
            loads = connection.execute(
                f"select distinct _dlt_load_id from {place} "
                f'where cast("{raw}" as varchar) = ? order by 1',
                [str(value)],
            ).fetchall()
            if loads:
                return f"{place} {', '.join(load for (load,) in loads[-3:])}"
    return "–"
