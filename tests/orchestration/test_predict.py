"""Predictions: between two halves of the build, whole or as a ledger, or refused."""

import sys
from collections.abc import Callable
from types import ModuleType

import duckdb
import pandas as pd
import pytest

from ingestion.settings import Settings
from orchestration.graph import DbtGraph
from orchestration.predict import PredictionError, run_prediction
from orchestration.transform import dbt_assets

SOURCE = "source.warehouse.predictions.guesses"


def model(name: str, reads: list[str]) -> dict:
    """Return a model as the manifest has it."""
    return {
        "unique_id": f"model.warehouse.{name}",
        "resource_type": "model",
        "schema": "marts",
        "name": name,
        "alias": name,
        "fqn": ["warehouse", "marts", name],
        "config": {"materialized": "table"},
        "columns": {},
        "original_file_path": f"models/{name}.sql",
        "depends_on": {"nodes": reads},
    }


def test(name: str, attached: str, reads: list[str]) -> dict:
    """Return a dbt test as the manifest has it."""
    return {
        "unique_id": f"test.warehouse.{name}",
        "resource_type": "test",
        "name": name,
        "alias": name,
        "fqn": ["warehouse", name],
        "attached_node": attached,
        "depends_on": {"nodes": reads},
        "config": {"severity": "error"},
    }


test.__test__ = False


@pytest.fixture
def graph() -> DbtGraph:
    """Return fct_orders -> predictions.guesses -> kpi_guesses -> kpi_summary."""
    nodes = [
        model("fct_orders", []),
        model("kpi_guesses", [SOURCE]),
        model("kpi_summary", ["model.warehouse.kpi_guesses"]),
        test("orders", "model.warehouse.fct_orders", ["model.warehouse.fct_orders"]),
        test(
            "guesses_of_orders",
            "model.warehouse.fct_orders",
            ["model.warehouse.fct_orders", "model.warehouse.kpi_guesses"],
        ),
    ]
    source = {
        "unique_id": SOURCE,
        "source_name": "predictions",
        "name": "guesses",
        "schema": "predictions",
        "description": "Guesses.",
        "config": {
            "meta": {
                "module": "guesses",
                "inputs": ["fct_orders"],
                "kept_by": "made_date",
            }
        },
        "columns": {
            "made_date": {"name": "made_date", "data_type": "date"},
            "order_count": {"name": "order_count", "data_type": "bigint"},
        },
    }
    return DbtGraph({node["unique_id"]: node for node in nodes}, {SOURCE: source})


@pytest.fixture
def guessing(
    settings: Settings, graph: DbtGraph, monkeypatch: pytest.MonkeyPatch
) -> Callable[[dict[str, pd.DataFrame]], dict[str, int]]:
    """Return how a module that returns these frames is run on a warehouse."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.fct_orders as select 7 as order_count")

    def run(frames: dict[str, pd.DataFrame]) -> dict[str, int]:
        module = ModuleType("orchestration.predictions.guesses")
        module.predict = lambda inputs, context: frames  # ty: ignore
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return run_prediction(settings, graph, "guesses")

    return run


def guess(day: str, count: int) -> dict[str, pd.DataFrame]:
    """Return one row of the table."""
    days = pd.to_datetime([day]).date
    return {"guesses": pd.DataFrame({"made_date": days, "order_count": [count]})}


def kept(settings: Settings) -> list[tuple[str, int]]:
    """Return what the table holds."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        return connection.execute(
            "select cast(made_date as varchar), order_count "
            "from predictions.guesses order by made_date"
        ).fetchall()


def test_a_ledger_keeps_what_was_predicted_on_other_days(settings, guessing) -> None:
    """A forecast that the next run overwrites can never be compared with what came."""
    guessing(guess("2026-11-17", 1))
    guessing(guess("2026-11-18", 2))
    guessing(guess("2026-11-18", 3))
    assert kept(settings) == [("2026-11-17", 1), ("2026-11-18", 3)]


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param({}, id="no table"),
        pytest.param(
            {"guesses": pd.DataFrame({"made_date": []})}, id="a column missing"
        ),
    ],
)
def test_a_module_that_departs_from_its_declaration_changes_nothing(
    settings, guessing, frames
) -> None:
    """A column that silently stays empty would look like a prediction of nothing."""
    guessing(guess("2026-11-18", 2))
    with pytest.raises(PredictionError, match=r"predictions/guesses\.py"):
        guessing(frames)
    assert kept(settings) == [("2026-11-18", 2)]


def test_what_reads_predictions_is_built_after_them(graph) -> None:
    """Built before, it would always show the predictions of the run before."""
    first, second = dbt_assets(graph)
    names = [sorted(key.path[-1] for key in half.keys) for half in (first, second)]
    assert names == [["fct_orders"], ["kpi_guesses", "kpi_summary"]]


def test_every_dbt_test_runs_in_one_half_where_all_it_reads_is_there(graph) -> None:
    """A test of both halves, run in the first, would read the run before's rows."""
    first, second = dbt_assets(graph)
    assert [key.name for key in first.check_keys] == ["orders"]
    assert [key.name for key in second.check_keys] == ["guesses_of_orders"]
