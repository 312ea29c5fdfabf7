"""CDNOW's customers of 1997, from their event files to the published parameters.

The literature fits its models on 39 weeks and scores them on the 39 after; the warehouse
has to come to the same windows, histories and parameters by itself.
"""

import json
import subprocess
import sys

import pytest

from ingestion.settings import PROJECT_ROOT
from tests.dbt.warehouses import Warehouse, only

CDNOW = PROJECT_ROOT.parent / "shared" / "real" / "cdnow_sample"
CUSTOMERS, ORDERS = 2357, 6919

pytestmark = pytest.mark.skipif(
    not CDNOW.is_dir(),
    reason="real data (../shared/real) is not part of the repository and is absent here",
)

# The steps of a run between loading and publishing, of the customers' value alone.
STEPS = """
from ingestion.settings import load_settings
from orchestration.graph import DbtGraph
from orchestration.manifest import ensure_manifest, read_manifest
from orchestration.predict import run_prediction
from orchestration.transform import run_dbt

settings = load_settings()
ensure_manifest(settings)
for number, selected in enumerate((
    ["+int_purchase_histories", "+int_buyers", "+int_buyer_gaps"],
    [
        "stg_predictions__customer_value_predictions",
        "stg_predictions__customer_value_models",
        "kpi_predicted_customer_value",
        "kpi_customer_value_models",
    ],
)):
    if number:
        graph = DbtGraph.of(read_manifest(settings))
        run_prediction(settings, graph, "customer_value")
    kinds = ["--resource-type", "model", "--resource-type", "seed"]
    outcome = run_dbt(settings, ["build", *kinds, "--select", *selected])
    assert outcome.is_success, outcome.message
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the shop's warehouse: loaded, built, predicted, built."""
    built = Warehouse(
        tmp_path_factory.mktemp("cdnow"),
        {
            "VENDORS": only("shop", "events"),
            "EVENTS_URL": str(CDNOW / "events"),
            "AS_OF": "1998-06-30",
            "REPORTING_TIMEZONE": "UTC",
            "BASE_CURRENCY": "USD",
        },
    )
    loaded = built.run("ingestion", "events")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    done = subprocess.run(
        [sys.executable, "-c", STEPS],
        cwd=PROJECT_ROOT,
        env=built.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return built


@pytest.fixture(scope="module")
def truth() -> dict:
    """Return what the authors published of this data."""
    return json.loads((CDNOW / "truth.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def fitted(warehouse: Warehouse) -> dict[str, dict]:
    """Return the fits of BG/NBD and Gamma–Gamma by the history they stand on."""
    rows = warehouse.rows(
        "select * from kpis.kpi_customer_value_models "
        "where model_name = 'bg_nbd_gamma_gamma'"
    )
    return {row["history_type"]: row for row in rows}


def test_every_order_of_the_sample_is_there(warehouse: Warehouse) -> None:
    """One lost order would move a parameter and nobody would see it."""
    found = warehouse.query(
        "select count(*), count(distinct customer_id) from marts.fct_orders"
    )
    assert found == [(ORDERS, CUSTOMERS)]


def test_the_windows_are_those_of_the_paper(fitted: dict[str, dict]) -> None:
    """39 weeks to fit on and 39 to score by; a day off would be another model."""
    calibration = fitted["calibration"]
    assert calibration["customer_count"] == CUSTOMERS
    assert f"{calibration['first_purchase_date']}" == "1997-01-01"
    assert f"{calibration['observed_until_date']}" == "1997-09-30"
    assert calibration["hold_out_weeks"] == 39


def test_the_published_parameters_come_out_of_the_warehouse(
    fitted: dict[str, dict], truth: dict
) -> None:
    """Fader, Hardie and Lee's estimates, and their likelihood to the digit they print."""
    found, published = fitted["calibration"], truth["published"]
    for name, expected in published["bg_nbd"].items():
        if name != "log_likelihood":
            assert found[f"purchases_{name}"] == pytest.approx(expected, rel=0.005)
    assert found["purchases_log_likelihood"] == pytest.approx(
        published["bg_nbd"]["log_likelihood"], abs=0.05
    )
    for name, expected in published["gamma_gamma"].items():
        assert found[f"values_{name}"] == pytest.approx(expected, rel=0.005)


def test_the_parameters_are_the_maximum_and_not_near_it(
    fitted: dict[str, dict],
) -> None:
    """The tolerance of the paper's three digits would hide a fit that stopped early."""
    found = fitted["calibration"]
    expected = {"r": 0.24259, "alpha": 4.4136, "a": 0.79292, "b": 2.42591}
    for name, value in expected.items():
        assert found[f"purchases_{name}"] == pytest.approx(value, rel=1e-4)
    assert found["purchases_log_likelihood"] == pytest.approx(-9582.429, abs=0.001)


def test_the_model_wins_the_hold_out_and_is_served(
    warehouse: Warehouse, fitted: dict[str, dict]
) -> None:
    """Every customer has a prediction, and it is that of the model which won."""
    assert fitted["calibration"]["is_served"]
    assert abs(fitted["calibration"]["purchases_bias_rate"]) < 0.15
    [row] = warehouse.rows(
        """
        select
            count(*) as customers,
            min(model_name) as first_model,
            max(model_name) as last_model,
            sum(purchase_count) as purchases,
            count(*) filter (alive_probability not between 0 and 1) as impossible
        from kpis.kpi_predicted_customer_value
        """
    )
    assert row["customers"] == CUSTOMERS
    assert row["first_model"] == row["last_model"] == "bg_nbd_gamma_gamma"
    assert row["impossible"] == 0
    # Orders of one day are one purchase.
    assert CUSTOMERS < row["purchases"] < ORDERS
