"""The lists to act on against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle import action_lists
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.health import Health
from tests.oracle.helpdesk import Helpdesk
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop
from tests.oracle.shop_carts import Carts
from tests.oracle.shop_customers import Buyers
from tests.oracle.shop_sessions import Visits
from tests.oracle.test_shop_sessions import CustomerOf, read_customers

# Published at six decimals.
ROUNDED = frozenset(["health_score", "stage_dwell_days", "won_p90_dwell_days"])


@pytest.fixture(scope="module")
def customer_of(company_dir: Path, clock: Clock, crm: Crm) -> CustomerOf:
    """Return who is behind an account or a device."""
    return read_customers(company_dir, Shop(company_dir, clock, crm))


@pytest.fixture(scope="module")
def visits(
    company_dir: Path, clock: Clock, crm: Crm, customer_of: CustomerOf
) -> Visits:
    """Return the visits, each with its customer."""
    return Visits(Shop(company_dir, clock, crm), customer_of)


@pytest.fixture(scope="module")
def health(company_dir: Path, clock: Clock, visits: Visits) -> Health:
    """Return the customers' health as the data directory tells it."""
    return Health(company_dir, visits, Helpdesk(company_dir, clock))


@pytest.fixture(scope="module")
def keys(warehouse: Warehouse, health: Health) -> dict[str, str]:
    """Return the warehouse's key of every customer."""
    return {
        health.name_of[f"{row['record_type']}:{row['vendor']}:{row['record_id']}"]: str(
            row["customer_key"]
        )
        for row in warehouse.records("marts.dim_customer_records")
    }


def test_hesitating_visitors(
    warehouse: Warehouse,
    visits: Visits,
    customer_of: CustomerOf,
    keys: dict[str, str],
) -> None:
    """A reminder of a cart that was bought on another device would embarrass."""
    carts, buyers = Carts(visits, customer_of), Buyers(visits, customer_of)
    expected = action_lists.kpi_hesitating_visitors(carts, buyers, keys)
    assert_same(expected, warehouse.rows("kpi_hesitating_visitors", ("person_key",)))


def test_stalled_deals(warehouse: Warehouse, crm: Crm) -> None:
    """A deal with a meeting next week would be called stalled."""
    expected = action_lists.kpi_stalled_deals(crm)
    assert_same(expected, warehouse.rows("kpi_stalled_deals", ("deal_id",)), ROUNDED)


def test_customers_at_risk(
    warehouse: Warehouse,
    health: Health,
    visits: Visits,
    customer_of: CustomerOf,
    keys: dict[str, str],
) -> None:
    """Whoever was always rare would be called lost, whoever was frequent fine."""
    buyers = Buyers(visits, customer_of)
    expected = action_lists.kpi_customers_at_risk(health, buyers, keys)
    actual = warehouse.rows("kpi_customers_at_risk", ("customer_key",))
    assert_same(expected, actual, ROUNDED)
