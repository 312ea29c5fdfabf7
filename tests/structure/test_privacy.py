"""Personal columns are marked, so that they can be masked, left out and erased."""

import re

import pytest
import yaml

from ingestion.settings import DBT_PROJECT_DIR

PERSONAL = re.compile(
    r"^(\w+_)?(email|full_name|first_name|last_name|birth_date|phone)$"
)
PROPERTIES = sorted(
    path
    for layer in ("intermediate", "marts", "kpis")
    for path in (DBT_PROJECT_DIR / "models" / layer).rglob("*.yml")
)


@pytest.mark.parametrize("path", PROPERTIES, ids=lambda path: path.stem)
def test_every_personal_column_is_marked(path) -> None:
    """A column that nobody marked is one that nobody masks or erases."""
    models = (yaml.safe_load(path.read_text("utf-8")) or {}).get("models") or []
    unmarked = [
        f"{model['name']}.{column['name']}"
        for model in models
        for column in model.get("columns") or []
        if PERSONAL.match(column["name"])
        and not ((column.get("config") or {}).get("meta") or {}).get("pii")
    ]
    assert unmarked == []
