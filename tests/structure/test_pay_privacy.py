"""Pay and answers reach no public table but those that hide small groups."""

import re

import pytest
import yaml

from ingestion.settings import DBT_PROJECT_DIR

MODELS = DBT_PROJECT_DIR / "models"
PUBLIC = ("marts", "kpis")
PAY = re.compile(r"(^|_)(pay|salary|wage|gross_pay|bonus)_(amount|rate)(_base)?$")
REF = re.compile(r"ref\(\s*[\"'](\w+)[\"']\s*\)")
# Hides nobody, because it has one line of pay for the whole company.
SUMS_OF_THE_COMPANY = {"fct_ledger_entries"}


def _declared() -> dict[str, dict[str, dict]]:
    """Return the columns of every model that has some, by model."""
    return {
        model["name"]: {column["name"]: column for column in model["columns"]}
        for path in MODELS.rglob("*.yml")
        for model in (yaml.safe_load(path.read_text("utf-8")) or {}).get("models") or []
        if model.get("columns")
    }


def _meta(column: dict) -> dict:
    return (column.get("config") or {}).get("meta") or {}


def _is_private(column: dict) -> bool:
    return bool(_meta(column).get("pay") or _meta(column).get("answer"))


COLUMNS = _declared()
LAYER = {path.stem: path.relative_to(MODELS).parts[0] for path in MODELS.rglob("*.sql")}
PARENTS = {
    path.stem: set(REF.findall(path.read_text("utf-8")))
    for path in MODELS.rglob("*.sql")
}
PRIVATE = {
    model
    for model, columns in COLUMNS.items()
    if any(_is_private(column) for column in columns.values())
}


def _exits() -> set[str]:
    """Return the public models that read a private one, also through steps."""
    reached, found = set(PRIVATE), True
    while found:
        found = {
            model
            for model, parents in PARENTS.items()
            if model not in reached
            and LAYER[model] not in ("staging", *PUBLIC)
            and parents & reached
        }
        reached |= found
    return {
        model
        for model, parents in PARENTS.items()
        if LAYER[model] in PUBLIC and parents & reached
    }


def test_pay_is_marked_where_it_is_kept() -> None:
    """Pay that nobody marked is pay that nothing below keeps back."""
    unmarked = [
        f"{model}.{name}"
        for model, columns in COLUMNS.items()
        if LAYER.get(model) == "intermediate"
        for name, column in columns.items()
        if PAY.search(name) and not _meta(column).get("pay")
    ]
    assert unmarked == []
    assert {"int_employee_compensation_changes", "int_survey_responses"} <= PRIVATE


def test_no_public_table_has_a_private_column() -> None:
    """A salary or an answer in a mart is read by everybody who opens a dashboard."""
    assert {model for model in PRIVATE if LAYER[model] in PUBLIC} == set()


@pytest.mark.parametrize("model", sorted(_exits()))
def test_what_reads_pay_or_answers_hides_small_groups(model: str) -> None:
    """A group of four published is four people's pay or answers guessed."""
    if model in SUMS_OF_THE_COMPANY:
        return
    assert "is_hidden" in COLUMNS[model]
    sql = next(MODELS.rglob(f"{model}.sql")).read_text("utf-8")
    assert "is_hidden_group" in sql


def test_something_reads_pay_and_answers() -> None:
    """Else the tests above pass because a name changed."""
    assert {"kpi_people_cost_monthly", "kpi_enps", *SUMS_OF_THE_COMPANY} <= _exits()
