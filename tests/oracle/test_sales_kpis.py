"""The shop's KPIs against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle import sales_kpis
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.periods import Clock
from tests.oracle.sales_kpis import Sales
from tests.oracle.shop import Shop


@pytest.fixture(scope="module")
def sales(company_dir: Path, clock: Clock, crm: Crm) -> Sales:
    """Return orders and refunds as the event archive tells them."""
    return Sales(Shop(company_dir, clock, crm))


def test_sales_per_period(warehouse: Warehouse, sales: Sales) -> None:
    """K1 to K4, K6, K38: sums, returns of both datings and growth would be wrong."""
    key = ("period_type", "period_start_date", "scope_type", "scope_name")
    expected = sales_kpis.kpi_sales(sales)
    assert_same(expected, warehouse.rows("kpi_sales", key))


def test_sales_per_hour(warehouse: Warehouse, sales: Sales) -> None:
    """K1, K2: an hour in UTC would move the evening's sales to the afternoon."""
    key = ("sales_date", "sales_hour", "country_name")
    expected = sales_kpis.kpi_sales_hourly(sales)
    assert_same(expected, warehouse.rows("kpi_sales_hourly", key))
