"""No pay and no answer of few people is in the published database."""

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import orjson
import pytest
import yaml

from ingestion.settings import DBT_PROJECT_DIR
from tests.oracle.comparison import Warehouse

FEW = 5
INTERNAL = ("raw_", "staging", "intermediate")
# Below it a salary in any currency may be another amount by chance.
LEAST_SALARY = 20_000


@pytest.fixture(scope="module")
def published(built_warehouse: Path) -> duckdb.DuckDBPyConnection:
    """Return the published database, opened for reading."""
    path = built_warehouse.parent / "published" / "current" / "warehouse.duckdb"
    return duckdb.connect(str(path), read_only=True)


def _columns(
    published: duckdb.DuckDBPyConnection,
) -> list[tuple[str, str, str, str]]:
    return published.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() and not internal"
    ).fetchall()


def _marked() -> set[str]:
    """Return the names of the columns that are marked as pay or answers."""
    return {
        column["name"]
        for path in (DBT_PROJECT_DIR / "models" / "intermediate").rglob("*.yml")
        for model in (yaml.safe_load(path.read_text("utf-8")) or {}).get("models") or []
        for column in model.get("columns") or []
        if {"pay", "answer"} & ((column.get("config") or {}).get("meta") or {}).keys()
    }


def test_marked_columns_are_not_published(
    published: duckdb.DuckDBPyConnection,
) -> None:
    """Whoever may read the KPIs may not read what single people earn or answer."""
    columns = _columns(published)
    assert not [schema for schema, *_ in columns if schema.startswith(INTERNAL)]
    hiding = {table for _, table, name, _ in columns if name == "is_hidden"}
    marked = _marked()
    # The company's ledger has amounts of other things than pay.
    shown = [
        f"{table}.{name}"
        for _, table, name, _ in columns
        if name in marked and table not in {*hiding, "fct_ledger_entries"}
    ]
    assert shown == []


def test_no_salary_is_in_a_people_table(
    published: duckdb.DuckDBPyConnection, company_dir: Path
) -> None:
    """A salary would be read off as such, whatever its column is called."""
    salaries = set()
    path = company_dir / "bamboohr" / "tables_compensation.jsonl"
    for line in path.read_bytes().splitlines():
        rate = orjson.loads(line)["rate"]
        value = Decimal(rate["value"] if isinstance(rate, dict) else rate.split()[0])
        salaries |= {value, value * 12, (value / 12).quantize(Decimal("0.01"))}
    salaries = {one for one in salaries if one >= LEAST_SALARY}
    assert salaries
    people = {
        model.stem
        for layer in ("marts", "kpis")
        for model in (DBT_PROJECT_DIR / "models" / layer / "people").glob("*.sql")
    }
    for schema, table, name, kind in _columns(published):
        if table in people and kind.startswith(("DECIMAL", "DOUBLE")):
            query = f"select distinct {name} from {schema}.{table} where {name} > 0"
            values = {
                Decimal(str(one)) for (one,) in published.execute(query).fetchall()
            }
            assert not values & salaries, f"{schema}.{table}.{name} has a salary"


def test_answers_of_few_people_cannot_be_told(warehouse: Warehouse) -> None:
    """The total less the departments that show would tell the one that does not."""
    key = ("survey_id", "wave_name", "scope_type", "scope_name")
    rows = warehouse.rows("kpi_enps", key)
    totals: dict[tuple, int] = {}
    shown: dict[tuple, int] = defaultdict(int)
    for (*wave, scope_type, _), row in rows.items():
        if row["is_hidden"]:
            assert row["response_count"] is row["enps_score"] is None
            shown[*wave, scope_type] += 0
            continue
        count = int(str(row["response_count"]))
        assert count >= FEW
        if scope_type == "total":
            totals[tuple(wave)] = count
        else:
            shown[*wave, scope_type] += count
    left = [
        totals[key[:2]] - count for key, count in shown.items() if key[2] != "total"
    ]
    assert any(row["is_hidden"] for row in rows.values())
    assert all(one == 0 or one >= FEW for one in left)
