"""Wide views for BI: every one can carry row rules, is described and reads public tables."""

import re

import pytest
import yaml

from ingestion.settings import DBT_PROJECT_DIR

MARTS = DBT_PROJECT_DIR / "models" / "marts"
MODELS = sorted(MARTS.rglob("mart_*.sql"))
PROPERTIES = {
    model["name"]: model
    for path in MARTS.rglob("*.yml")
    for model in (yaml.safe_load(path.read_text("utf-8")) or {}).get("models") or []
}
ROW_RULES = {"rep_email", "team_name", "region_name"}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_row_rules_find_their_columns(path) -> None:
    """A view without them would show every rep everybody's rows."""
    columns = {column["name"]: column for column in PROPERTIES[path.stem]["columns"]}
    assert set(columns) >= ROW_RULES
    assert {columns[name]["data_type"] for name in ROW_RULES} == {"string"}
    assert columns["rep_email"]["config"]["meta"]["pii"] is True


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_every_column_says_what_it_is(path) -> None:
    """A BI tool shows these texts and nothing else of the model."""
    columns = PROPERTIES[path.stem]["columns"]
    undescribed = [each["name"] for each in columns if not each.get("description")]
    assert undescribed == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_view_reads_published_tables_alone(path) -> None:
    """A view that reads anything else could not be published, after the whole run."""
    parents = re.findall(r"ref\(\"(\w+)\"\)", path.read_text("utf-8"))
    assert parents
    assert [name for name in parents if not name.startswith(("dim_", "fct_"))] == []
