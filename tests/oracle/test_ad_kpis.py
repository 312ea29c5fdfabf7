"""The advertising KPIs against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle import ad_kpis
from tests.oracle.ads import Ads
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.periods import Clock
from tests.oracle.sales_kpis import Sales
from tests.oracle.shop import Shop


@pytest.fixture(scope="module")
def shop(company_dir: Path, clock: Clock, crm: Crm) -> Shop:
    """Return the shop as its event archive tells it."""
    return Shop(company_dir, clock, crm)


@pytest.fixture(scope="module")
def ads(shop: Shop, crm: Crm) -> Ads:
    """Return the ad platforms as their reports tell them."""
    return Ads(shop, crm)


def test_ad_performance(warehouse: Warehouse, ads: Ads) -> None:
    """K42 to K45: currencies would be mixed, claims summed, silent spend dropped."""
    key = ("period_type", "period_start_date", "scope_type", "scope_key")
    expected = ad_kpis.kpi_ad_performance(ads)
    assert_same(expected, warehouse.rows("kpi_ad_performance", key))


def test_ad_demographics(warehouse: Warehouse, ads: Ads) -> None:
    """K42 to K45: the figures that Meta splits twice would be counted twice."""
    key = ("period_type", "spend_month", "vendor", "age_group_name", "gender_name")
    expected = ad_kpis.kpi_ad_demographics_monthly(ads)
    assert_same(expected, warehouse.rows("kpi_ad_demographics_monthly", key))


def test_overclaim(warehouse: Warehouse, ads: Ads) -> None:
    """K48: an order that two platforms claim would count as two."""
    key = ("period_type", "spend_month", "scope_type", "scope_name")
    expected = ad_kpis.kpi_ad_overclaim_monthly(ads)
    assert_same(expected, warehouse.rows("kpi_ad_overclaim_monthly", key))


def test_attributed_return_on_ad_spend(warehouse: Warehouse, ads: Ads) -> None:
    """K46: spend that brought no order would vanish and flatter the rest."""
    key = ("period_type", "spend_month", "scope_type", "scope_name")
    expected = ad_kpis.kpi_ad_attributed_roas_monthly(ads)
    assert_same(expected, warehouse.rows("kpi_ad_attributed_roas_monthly", key))


def test_marketing_efficiency(warehouse: Warehouse, ads: Ads, shop: Shop) -> None:
    """K49: a cost of several days or of another channel would be lost."""
    expected = ad_kpis.kpi_marketing_efficiency_monthly(ads, Sales(shop))
    actual = warehouse.rows(
        "kpi_marketing_efficiency_monthly", ("period_type", "spend_month")
    )
    assert_same(expected, actual)
