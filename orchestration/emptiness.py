"""Why a published table has no rows: nobody should have to guess whether it is broken."""

import re
from typing import Any

from ingestion.settings import Settings

_UNION = re.compile(r"union_vendors\(\s*\"\w+\",\s*(\[[^\]]*\]|\"\w+\")")


def reasons(
    manifest: dict[str, Any], settings: Settings, tables: list[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """Return (schema, table, reason) for each of the empty tables.

    Args:
        manifest: dbt's manifest, which knows what each table is made of.
        settings: the vendors map.
        tables: (schema, table) of the tables without rows.
    """
    nodes = {
        (node["schema"], node.get("alias") or node["name"]): name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }
    return [
        (schema, table, _reason(manifest, nodes.get((schema, table)), settings))
        for schema, table in tables
    ]


def _reason(manifest: dict[str, Any], node: str | None, settings: Settings) -> str:
    needed = _categories(manifest, node)
    unused = [name for name in needed if not settings.vendors.get(name)]
    if unused:
        return f"No vendor of {', '.join(unused)} is in the vendors map."
    used = [vendor for name in needed for vendor in settings.vendors[name]]
    return f"No such records in {', '.join(used) or 'what it is made of'}."


def _categories(manifest: dict[str, Any], node: str | None) -> list[str]:
    """Return the categories whose vendors feed the node, sorted."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = [node] if node else []
    while waiting:
        name = waiting.pop()
        if name in seen or name not in manifest["nodes"]:
            continue
        seen.add(name)
        described = manifest["nodes"][name]
        for categories in _UNION.findall(described.get("raw_code") or ""):
            found.update(re.findall(r"\w+", categories))
        waiting += described.get("depends_on", {}).get("nodes", [])
    return sorted(found)
