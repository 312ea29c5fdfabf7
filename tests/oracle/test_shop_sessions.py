"""Visits, funnel and referrers against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle import shop_sessions
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop
from tests.oracle.shop_sessions import Visits

PERIOD = ("period_type", "period_start_date", "scope_type", "scope_name")


def read_visits(folder: Path, clock: Clock, crm: Crm) -> Visits:
    """Return the visits of a data directory, each with its customer."""
    shop = Shop(folder, clock, crm)
    customers = {
        record: min(group)
        for group in Customers(folder, shop).groups()
        for record in group
    }
    return Visits(shop, lambda kind, name: customers[f"{kind}:events:{name}"])


@pytest.fixture(scope="module")
def visits(company_dir: Path, clock: Clock, crm: Crm) -> Visits:
    """Return the visits as the event archive tells them."""
    return read_visits(company_dir, clock, crm)


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
