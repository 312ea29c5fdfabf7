"""`make trace KPI=…`: the way from the vendor's field to the number, with files and tests.

It reads the manifest and the compiled SQL alone: no database is opened.
"""

import difflib
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ingestion.settings import PROJECT_ROOT, Settings
from orchestration.lineage import Lineage, Place, read_lineage
from orchestration.manifest import read_manifest

LAYERS = ("raw", "seeds", "predictions", "staging", "intermediate", "marts", "kpis")
_SHOWN_TESTS = 4


class UnknownNameError(Exception):
    """There is no such table or column; the message names the closest ones."""


def trace(settings: Settings, wanted: str) -> int:
    """Print where a table or a column (`kpi_deals.won_count`) comes from.

    Raises:
        UnknownNameError: there is no such table or column.
        LineageError: dbt has compiled nothing yet.
    """
    manifest, lineage = read_manifest(settings), read_lineage(settings)
    unique_id, column = find(manifest, lineage, wanted)
    used = _used_columns(manifest, lineage, unique_id, column)
    out = sys.stdout.write
    out(_head(manifest, unique_id, column))
    for table in sorted(used, key=lambda each: _rank(manifest, each, used)):
        out(_described(manifest, lineage, table, used[table], full=bool(column)))
    return 0


def find(
    manifest: Mapping[str, Any], lineage: Lineage, wanted: str
) -> tuple[str, str | None]:
    """Return dbt's unique id and the column of `table` or `table.column`.

    Raises:
        UnknownNameError: names the closest ones that exist.
    """
    name, _, column = wanted.removeprefix("kpis.").removeprefix("marts.").partition(".")
    models = {
        node["name"]: unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
    }
    if name not in models:
        known = sorted(models, key=lambda each: not each.startswith("kpi_"))
        raise UnknownNameError(_no_such("table", name, known))
    unique_id = models[name]
    columns = lineage.columns(unique_id) or [*manifest["nodes"][unique_id]["columns"]]
    if column and column not in columns:
        raise UnknownNameError(_no_such(f"column of {name}", column, columns))
    return unique_id, column or None


def _no_such(what: str, wanted: str, known: Iterable[str]) -> str:
    known = list(known)
    close = difflib.get_close_matches(wanted, known, 5, 0.5)
    close += [each for each in known if wanted and wanted in each and each not in close]
    said = ", ".join(close[:8] or known[:8])
    return f"There is no {what} {wanted!r}. The closest: {said}"


def table_name(manifest: Mapping[str, Any], unique_id: str) -> str:
    """Return `schema.table` of a model, a seed or a raw table."""
    if node := manifest["nodes"].get(unique_id) or manifest["sources"].get(unique_id):
        return f"{node['schema']}.{node.get('alias') or node['name']}"
    # A table that a model keeps beside its own.
    return unique_id


def _used_columns(
    manifest: Mapping[str, Any], lineage: Lineage, unique_id: str, column: str | None
) -> dict[str, dict[str, None]]:
    """Return the tables on the way, each with its columns that matter."""
    used: dict[str, dict[str, None]] = {}
    starts: list[Place] = (
        [(unique_id, column)]
        if column
        else [(unique_id, each) for each in lineage.columns(unique_id)]
    )
    for start in starts:
        for table, name in lineage.upstream(start):
            used.setdefault(table, {})[name] = None
    if column is None:
        # What only decides which rows are there is on the way too.
        waiting = [unique_id]
        while waiting:
            node = manifest["nodes"].get(waiting.pop(), {})
            for parent in node.get("depends_on", {}).get("nodes", []):
                if parent not in used or parent not in waiting:
                    is_new = parent not in used
                    used.setdefault(parent, {})
                    waiting += [parent] if is_new else []
    return used


def _rank(
    manifest: Mapping[str, Any], unique_id: str, used: Mapping[str, Any]
) -> tuple[int, int, str]:
    """Order by layer, within a layer what is read before what reads it."""
    schema = table_name(manifest, unique_id).partition(".")[0]
    layer = "raw" if schema.startswith("raw_") else schema
    place = LAYERS.index(layer) if layer in LAYERS else len(LAYERS) - 3
    return place, _depth(manifest, unique_id, used, {}), unique_id


def _depth(
    manifest: Mapping[str, Any],
    unique_id: str,
    used: Mapping[str, Any],
    known: dict[str, int],
) -> int:
    if unique_id not in known:
        node = manifest["nodes"].get(unique_id, {})
        parents = [
            parent
            for parent in node.get("depends_on", {}).get("nodes", [])
            if parent in used and parent != unique_id
        ]
        known[unique_id] = 1 + max(
            (_depth(manifest, each, used, known) for each in parents), default=0
        )
    return known[unique_id]


def _head(manifest: Mapping[str, Any], unique_id: str, column: str | None) -> str:
    node = manifest["nodes"][unique_id]
    meta = node["config"].get("meta", {})
    kpis = ", ".join(meta.get("kpi", []))
    name = table_name(manifest, unique_id) + (f".{column}" if column else "")
    said = node["columns"].get(column, {}) if column else node
    text = " ".join((said.get("description") or "").split())
    owner = f", owner {meta['owner']}" if meta.get("owner") else ""
    return f"{name}{f' ({kpis}{owner})' if kpis else ''}\n  {text}\n\n"


def _described(
    manifest: Mapping[str, Any],
    lineage: Lineage,
    unique_id: str,
    columns: Mapping[str, None],
    *,
    full: bool,
) -> str:
    lines = [table_name(manifest, unique_id)]
    if source := manifest["sources"].get(unique_id):
        lines += _source_lines(source)
        if columns:
            lines.append(f"    fields   {', '.join(sorted(columns))}")
    elif node := manifest["nodes"].get(unique_id):
        lines.append(f"    file     dbt_project/{node['original_file_path']}")
        if node["patch_path"]:
            contract = node["patch_path"].partition("://")[2]
            lines.append(f"    columns  dbt_project/{contract}")
        for column in sorted(columns) if full else ():
            parents = [
                f"{table_name(manifest, table)}.{name}"
                for table, name in lineage.of((unique_id, column))
            ]
            made = ", ".join(parents) or "a constant, or the clock"
            lines.append(f"      {column} ← {made}")
        lines += [f"    {kind:<8} {what}" for kind, what in _tests(manifest, node)]
    return "\n".join(lines) + "\n"


def _source_lines(source: Mapping[str, Any]) -> list[str]:
    vendor, folder = source["source_name"], PROJECT_ROOT / "ingestion" / "sources"
    module = (source["config"].get("meta") or {}).get("module")
    if module:
        return [f"    made by  orchestration/predictions/{module}.py"]
    files = [f"ingestion/sources/{vendor}.py"]
    for name in (f"_{vendor}_tables.py", f"_{vendor.removesuffix('s')}_columns.py"):
        if (folder / name).is_file():
            files.append(f"ingestion/sources/{name}")
    lines = [f"    fetched  {', '.join(files)}"]
    if (PROJECT_ROOT / "expectations" / "sources" / f"{vendor}.py").is_file():
        lines.append(f"    checked  expectations/sources/{vendor}.py")
    return lines


def _tests(
    manifest: Mapping[str, Any], node: Mapping[str, Any]
) -> Iterable[tuple[str, str]]:
    """Yield what guards a model: kind and name or file of each."""
    unique_id, name = node["unique_id"], node["name"]
    for test in manifest["nodes"].values():
        if test["resource_type"] != "test":
            continue
        if test.get("attached_node") == unique_id:
            yield "tested", f"{test['name']} [dbt_project/{test['original_file_path']}]"
        elif not test.get("attached_node") and unique_id in test["depends_on"]["nodes"]:
            yield "tested", f"dbt_project/{test['original_file_path']}"
    units = [unit for unit in manifest["unit_tests"].values() if unit["model"] == name]
    for unit in units[:_SHOWN_TESTS]:
        yield "tested", f"{unit['name']} [dbt_project/{unit['original_file_path']}]"
    if units[_SHOWN_TESTS:]:
        yield "tested", f"and {len(units) - _SHOWN_TESTS} more unit tests"
    if node["schema"] not in ("marts", "kpis"):
        return
    for place, kind in (("expectations", "checked"), ("tests/oracle", "oracle")):
        for path in _mentioning(PROJECT_ROOT / place, name):
            yield kind, path


def _mentioning(folder: Path, name: str) -> list[str]:
    word = re.compile(rf"\b{re.escape(name)}\b")
    return [
        path.relative_to(PROJECT_ROOT).as_posix()
        for path in sorted(folder.rglob("*.py"))
        if word.search(path.read_text("utf-8"))
    ]
