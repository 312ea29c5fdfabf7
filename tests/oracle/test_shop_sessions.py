"""Visits, carts and their customers against an independent and obvious computation."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.oracle import shop_carts, shop_customers, shop_sessions
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop
from tests.oracle.shop_carts import Carts
from tests.oracle.shop_customers import Buyers
from tests.oracle.shop_sessions import Visits

PERIOD = ("period_type", "period_start_date", "scope_type", "scope_name")


CustomerOf = Callable[[str, str], str]


def read_customers(folder: Path, shop: Shop) -> CustomerOf:
    """Return who is behind an account or a device."""
    customers = {
        record: min(group)
        for group in Customers(folder, shop).groups()
        for record in group
    }
    return lambda kind, name: customers[f"{kind}:events:{name}"]


@pytest.fixture(scope="module")
def shop(company_dir: Path, clock: Clock, crm: Crm) -> Shop:
    """Return the shop as the event archive tells it."""
    return Shop(company_dir, clock, crm)


@pytest.fixture(scope="module")
def customer_of(company_dir: Path, shop: Shop) -> CustomerOf:
    """Return who is behind an account or a device."""
    return read_customers(company_dir, shop)


def read_keys(warehouse: Path, customer_of: CustomerOf) -> dict[str, str]:
    """Return the warehouse's key of every customer of the shop."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select record_type, record_id, customer_key from marts.dim_customer_records "
            "where vendor = 'events'"
        ).fetchall()
    return {customer_of(kind, name): key for kind, name, key in rows}


@pytest.fixture(scope="module")
def visits(shop: Shop, customer_of: CustomerOf) -> Visits:
    """Return the visits, each with its customer."""
    return Visits(shop, customer_of)


def test_visits_per_period(warehouse: Warehouse, visits: Visits) -> None:
    """K31, K32, K34, K36, K39: machines, midnights or two devices would count wrongly."""
    expected = shop_sessions.kpi_sessions(visits)
    assert_same(expected, warehouse.rows("kpi_sessions", PERIOD))


def test_funnel_per_period(warehouse: Warehouse, visits: Visits) -> None:
    """K33: a saved cart skips two steps, which would make a rate above 1."""
    expected = shop_sessions.kpi_shop_funnel(visits)
    assert_same(expected, warehouse.rows("kpi_shop_funnel", (*PERIOD, "step_number")))


def test_referrers_per_month(warehouse: Warehouse, visits: Visits) -> None:
    """K40: the shop's own pages as referrer would outnumber every real one."""
    key = ("session_month", "source_name", "medium_name", "channel_group_name")
    expected = shop_sessions.kpi_referrers_monthly(visits)
    assert_same(expected, warehouse.rows("kpi_referrers_monthly", key))


def test_carts_per_period(
    warehouse: Warehouse, visits: Visits, customer_of: CustomerOf
) -> None:
    """K35, K37: a cart bought on another device would count as abandoned."""
    expected = shop_carts.kpi_cart_abandonment(Carts(visits, customer_of))
    assert_same(expected, warehouse.rows("kpi_cart_abandonment", PERIOD))


@pytest.fixture(scope="module")
def buyers(visits: Visits, customer_of: CustomerOf) -> Buyers:
    """Return everyone who ordered."""
    return Buyers(visits, customer_of)


def test_lifetime_value(warehouse: Warehouse, buyers: Buyers) -> None:
    """K81: left out, customers whose goods all came back would flatter the average."""
    expected = shop_customers.kpi_customer_lifetime_value(buyers)
    key = ("scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_customer_lifetime_value", key))


def test_value_of_cohorts(warehouse: Warehouse, buyers: Buyers) -> None:
    """K82: a month that is not over would make the youngest cohorts look worst."""
    expected = shop_customers.kpi_customer_value_cohorts_monthly(buyers)
    key = ("cohort_month", "month_number", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_customer_value_cohorts_monthly", key))


def test_repeat_purchases(warehouse: Warehouse, buyers: Buyers) -> None:
    """K83: customers who could not have come back yet would lower the rate."""
    expected = shop_customers.kpi_repeat_purchase(buyers)
    key = ("window_days", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_repeat_purchase", key))


def test_buyers_in_fifths(
    warehouse: Warehouse,
    built_warehouse: Path,
    buyers: Buyers,
    customer_of: CustomerOf,
) -> None:
    """K89: fifths that part equal customers at random would change from run to run."""
    expected = shop_customers.kpi_rfm(buyers, read_keys(built_warehouse, customer_of))
    assert_same(expected, warehouse.rows("kpi_rfm", ("customer_key",)))
