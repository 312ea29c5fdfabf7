"""The conformed entities as the dbt project has them: columns, types, categories."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

INTERMEDIATE = Path("dbt_project/models/intermediate")
_UNION = re.compile(r"union_vendors\(\s*\"(\w+)\",\s*(\[[^\]]*\]|\"\w+\")\s*[,)]")


@dataclass(frozen=True)
class Contract:
    """One conformed entity.

    Attributes:
        entity: its name, as staging models of every vendor carry it.
        model: the model that unites the vendors.
        categories: the categories of the vendors map that feed it.
        columns: name to type, without `vendor`, which the union writes.
    """

    entity: str
    model: str
    categories: tuple[str, ...]
    columns: dict[str, str]


def contracts(root: Path) -> dict[str, Contract]:
    """Return every conformed entity of a checkout by name."""
    columns = _declared_columns(root)
    found: dict[str, Contract] = {}
    for path in sorted((root / INTERMEDIATE).rglob("int_*.sql")):
        for entity, listed in _UNION.findall(path.read_text("utf-8")):
            categories = tuple(re.findall(r"\w+", listed))
            if before := found.get(entity):
                categories = tuple(dict.fromkeys((*before.categories, *categories)))
            # The model that is named like its entity holds the contract.
            model = f"int_{entity}" if f"int_{entity}" in columns else path.stem
            found[entity] = Contract(entity, model, categories, columns.get(model, {}))
    return found


def _declared_columns(root: Path) -> dict[str, dict[str, str]]:
    found = {}
    for path in sorted((root / INTERMEDIATE).rglob("*.yml")):
        for model in yaml.safe_load(path.read_text("utf-8")).get("models") or []:
            found[model["name"]] = {
                column["name"]: column["data_type"]
                for column in model.get("columns") or []
                if "data_type" in column and column["name"] != "vendor"
            }
    return found
