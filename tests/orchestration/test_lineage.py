"""Where a column comes from: read from SQL, and shown as the way of a KPI."""

import pytest
import sqlglot
from sqlglot.lineage import lineage as sqlglot_lineage

from ingestion.settings import Settings, load_settings
from orchestration.column_scopes import Reader
from orchestration.lineage import read_lineage
from orchestration.manifest import read_manifest
from orchestration.trace import UnknownNameError, trace

_TABLES = {"raw.deals": ["id", "amount", "stage"], "raw.stages": ["id", "is_won"]}


def _read(sql: str) -> dict[str, set[str]]:
    tables = {
        table: {name: frozenset([(table, name)]) for name in names}
        for table, names in _TABLES.items()
    }
    reader = Reader(tables, {table: table for table in tables})
    found = reader.columns(sqlglot.parse_one(sql, dialect="duckdb"), {})
    return {
        name: {f"{table}.{column}" for table, column in places}
        for name, places in found.items()
    }


@pytest.mark.parametrize(
    "sql",
    [
        "with d as (select * from raw.deals) select amount * 2 as value from d",
        """select d.amount as value
        from raw.deals as d join raw.stages as s on d.stage = s.id""",
        """select sum(case when s.is_won then d.amount end) as value
        from raw.deals as d join raw.stages as s on d.stage = s.id""",
        """with a as (select amount as x from raw.deals), b as (select x + 1 as y from a)
        select y as value from b""",
        "select amount as value from raw.deals union all select id from raw.stages",
        """select row_number() over (partition by stage order by id) as value
        from raw.deals""",
        """select value from (select d.id || s.id as value
        from raw.deals as d cross join raw.stages as s) as pairs""",
    ],
)
def test_a_column_is_made_of_what_sqlglot_says(sql: str) -> None:
    """Our walk exists for its speed alone; it must find nothing else."""
    schema = {
        "raw": {
            table.partition(".")[2]: dict.fromkeys(names, "text")
            for table, names in _TABLES.items()
        }
    }
    root = sqlglot_lineage("value", sql, schema=schema, dialect="duckdb")
    leaves = {
        f"raw.{node.source.name}.{node.name.rpartition('.')[2]}"
        for node in root.walk()
        if isinstance(node.source, sqlglot.exp.Table)
    }
    assert _read(sql)["value"] == leaves


def test_stars_aliases_and_correlated_queries_are_seen_through() -> None:
    """Staging ends in stars, and DuckDB lets a column name one before it."""
    assert _read(
        "select d.* exclude (id), s.is_won from raw.deals d, raw.stages s"
    ) == {
        "amount": {"raw.deals.amount"},
        "stage": {"raw.deals.stage"},
        "is_won": {"raw.stages.is_won"},
    }
    assert _read("select amount as x, x + 1 as y from raw.deals")["y"] == {
        "raw.deals.amount"
    }
    inner = "(select max(s.is_won) from raw.stages s where s.id = d.stage)"
    assert _read(f"select {inner} as won from raw.deals d")["won"] == {
        "raw.stages.is_won"
    }


def test_counted_rows_are_told_by_their_key() -> None:
    """A count names no column, and would otherwise come from nowhere."""
    assert _read("select count(*) as n from raw.deals")["n"] == {"raw.deals.id"}


@pytest.fixture
def built(refreshed: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of the warehouse that was built at size small."""
    for name in ("WAREHOUSE_DIR", "SANDBOX_SIZE"):
        monkeypatch.setenv(name, refreshed[name])
    load_settings.cache_clear()
    return load_settings()


def test_every_column_of_every_model_is_read(built: Settings) -> None:
    """A model that cannot be read is a hole in the way of every number above it."""
    lineage = read_lineage(built)
    assert lineage.unread == {}
    missing = [
        f"{node['name']}.{column}"
        for unique_id, node in read_manifest(built)["nodes"].items()
        if node["resource_type"] == "model"
        for column in node["columns"]
        if column not in lineage.columns(unique_id)
    ]
    assert missing == []


def test_a_kpi_is_traced_to_the_vendors_field(
    built: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who doubts a number must find the field, the files and the tests behind it."""
    assert trace(built, "kpi_win_rate_monthly.value_win_rate") == 0
    said = capsys.readouterr().out
    before, _, after = said.partition("marts.fct_deals\n")
    assert "raw_hubspot.deals\n    fetched  ingestion/sources/hubspot.py" in before
    assert "deal_amount ← raw_hubspot.deals.amount" in before
    assert "dbt_project/models/kpis/crm/kpi_win_rate_monthly.sql" in after
    assert "kpi_win_rate_monthly_is_sound" in after
    assert "tests/oracle/test_crm_kpis.py" in after


@pytest.mark.parametrize(
    ("wanted", "closest"),
    [("kpi_win_rates", "kpi_win_rate_monthly"), ("kpi_deals.won", "won_count")],
)
def test_an_unknown_name_is_answered_with_the_closest(
    built: Settings, wanted: str, closest: str
) -> None:
    """Nobody remembers eighty tables by heart."""
    with pytest.raises(UnknownNameError, match=closest):
        trace(built, wanted)
