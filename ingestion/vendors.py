"""Which vendors this deployment uses, and where each one's source is.

The map itself is `vars.vendors` of dbt_project.yml (or the variable VENDORS), the one
place that dbt and Python both read.
"""

import ast
import importlib
from pathlib import Path
from types import ModuleType

from ingestion import sources
from ingestion.settings import Settings, SettingsError


def known_vendors() -> list[str]:
    """Return the vendor ids that have a module in `ingestion/sources`."""
    folder = Path(next(iter(sources.__path__)))
    return sorted(path.stem for path in folder.glob("[a-z]*.py"))


def used_vendors(settings: Settings) -> list[str]:
    """Return the vendor ids of the map, each once, in the map's order.

    Raises:
        SettingsError: the map names a vendor that has no source module.
    """
    known = known_vendors()
    used: list[str] = []
    for category, vendors in settings.vendors.items():
        for vendor in vendors:
            if vendor not in known:
                message = (
                    f"The vendors map names {vendor!r} under {category!r}, but there is "
                    f"no ingestion/sources/{vendor}.py. Known: {', '.join(known)}. "
                    "Correct vars.vendors in dbt_project/dbt_project.yml or VENDORS."
                )
                raise SettingsError(message)
            if vendor not in used:
                used.append(vendor)
    return used


def takes_days(vendor: str) -> bool:
    """Return whether the vendor's source can be asked for days (a parameter `days`).

    The module is read, not imported: that would import dlt.
    """
    folder = Path(next(iter(sources.__path__)))
    module = ast.parse((folder / f"{vendor}.py").read_text("utf-8"))
    return any(
        isinstance(node, ast.FunctionDef)
        and node.name == "source"
        and any(argument.arg == "days" for argument in node.args.args)
        for node in module.body
    )


def asks_for_changes(vendor: str) -> bool:
    """Return whether a load without news costs the vendor only a few requests.

    Its module then says `ASKS_FOR_CHANGES = True`; the others read lists whole.
    """
    return getattr(source_module(vendor), "ASKS_FOR_CHANGES", False)


def source_module(vendor: str) -> ModuleType:
    """Import and return the vendor's module."""
    return importlib.import_module(f"ingestion.sources.{vendor}")
