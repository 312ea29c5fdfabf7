"""Customers' health against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle import health_kpis
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.health import Health
from tests.oracle.helpdesk import Helpdesk
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop
from tests.oracle.shop_sessions import Visits
from tests.oracle.test_shop_sessions import read_customers

# Published at six decimals.
ROUNDED = frozenset(
    [
        "health_score",
        "prior_health_score",
        "coverage_share",
        "average_health_score",
        "average_coverage_share",
        "churned_average_score",
        "retained_average_score",
    ]
)


@pytest.fixture(scope="module")
def health(company_dir: Path, clock: Clock, crm: Crm) -> Health:
    """Return the customers' health as the data directory tells it."""
    shop = Shop(company_dir, clock, crm)
    visits = Visits(shop, read_customers(company_dir, shop))
    return Health(company_dir, visits, Helpdesk(company_dir, clock))


@pytest.fixture(scope="module")
def keys(warehouse: Warehouse, health: Health) -> dict[str, str]:
    """Return the warehouse's key of every customer."""
    records = warehouse.records("marts.dim_customer_records")
    return {
        health.name_of[f"{row['record_type']}:{row['vendor']}:{row['record_id']}"]: str(
            row["customer_key"]
        )
        for row in records
    }


def test_health_now(warehouse: Warehouse, health: Health, keys: dict[str, str]) -> None:
    """K30: a component that is not known would count as bad, or as good."""
    expected = health_kpis.kpi_customer_health(health, keys)
    actual = warehouse.rows("kpi_customer_health", ("customer_key",))
    assert_same(expected, actual, ROUNDED)
    rows = health.scores(health.today)
    assert {keys[name] for name, row in rows.items() if not row["ordered"]} == {
        key for (key,), row in actual.items() if row["segment_name"] == "no order"
    }


def test_weights_are_published(warehouse: Warehouse, health: Health) -> None:
    """K30: a score whose weights nobody can read is a matter of belief."""
    expected = health_kpis.kpi_customer_health_weights(health)
    actual = warehouse.rows("kpi_customer_health_weights", ("component_name",))
    assert_same(expected, actual, ROUNDED)


def test_health_at_the_end_of_each_month(
    warehouse: Warehouse, health: Health, keys: dict[str, str]
) -> None:
    """K30: a history that today's knowledge rewrites would always have been right."""
    customers = {
        name: row
        for row in warehouse.records("marts.dim_customers")
        for name, key in keys.items()
        if key == row["customer_key"]
    }
    expected = health_kpis.kpi_customer_health_monthly(health, customers)
    key = ("period_type", "health_month", "scope_type", "scope_name", "band_name")
    assert_same(expected, warehouse.rows("kpi_customer_health_monthly", key), ROUNDED)


def test_health_against_who_left(warehouse: Warehouse, health: Health) -> None:
    """K30: a curve over the wrong customers would flatter the score."""
    expected = health_kpis.kpi_customer_health_backtest(health)
    actual = warehouse.rows(
        "kpi_customer_health_backtest", ("period_type", "health_month")
    )
    assert_same(expected, actual, ROUNDED)


@pytest.mark.parametrize(
    ("retained", "churned", "expected"),
    [
        ([3, 4], [1, 2], 1.0),
        ([1], [2], 0.0),
        ([1, 1], [1], 0.5),
        ([80, 50], [50, 30, 60], 4.5 / 6),
        ([1], [], None),
    ],
    ids=["foresight", "upside down", "ties", "worked by hand", "nobody left"],
)
def test_the_oracle_counts_pairs(
    retained: list[int], churned: list[int], expected: float | None
) -> None:
    """An oracle that counts ties as wins would agree with a model that does."""
    assert health_kpis.area(retained, churned) == expected
