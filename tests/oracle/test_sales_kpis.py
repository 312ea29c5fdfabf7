"""The shop's KPIs against an independent and obvious computation."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle import (
    sales_drivers,
    sales_forecasts,
    sales_kpis,
    sales_slices,
    trading_hours,
)
from tests.oracle.comparison import Rows, Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.deal_kpis import DealEvents
from tests.oracle.periods import Clock
from tests.oracle.sales_drivers import Uplift
from tests.oracle.sales_kpis import Sales
from tests.oracle.shop import Shop
from tests.oracle.shop_sessions import Visits
from tests.oracle.test_shop_sessions import read_customers, read_keys
from tests.oracle.trading_hours import TradingHours


@pytest.fixture(scope="module")
def shop(company_dir: Path, clock: Clock, crm: Crm) -> Shop:
    """Return the shop as the event archive tells it."""
    return Shop(company_dir, clock, crm)


@pytest.fixture(scope="module")
def sales(
    company_dir: Path, shop: Shop, built_warehouse: Path, warehouse: Warehouse
) -> Sales:
    """Return orders and refunds by scope.

    Who is how old and in what segment, and what a day is, says the warehouse: both have
    tests of their own.
    """
    customer_of = read_customers(company_dir, shop)
    keys = read_keys(built_warehouse, customer_of)
    known = {
        row["customer_key"]: row for row in warehouse.records("marts.dim_customers")
    }
    people = {
        customer: {
            "customer_age_group": str(known[key]["age_group_name"]),
            "customer_segment": str(known[key]["segment_name"]),
        }
        for customer, key in keys.items()
        if key in known
    }
    day_types = {
        (row["country_code"], row["calendar_date"]): "public holiday"
        if row["is_public_holiday"]
        else "weekend"
        if row["is_weekend"]
        else "business day"
        for row in warehouse.records("marts.dim_country_dates")
    }
    visits = Visits(shop, customer_of)
    return Sales(
        shop, sales_slices.slices(company_dir, visits, customer_of, people, day_types)
    )


@pytest.fixture(scope="module")
def sold(sales: Sales) -> Rows:
    """Return every period of every scope."""
    return sales_kpis.kpi_sales(sales)


def test_sales_per_period(warehouse: Warehouse, sold: Rows) -> None:
    """K1 to K4, K6, K38: sums, returns of both datings and growth would be wrong."""
    key = ("period_type", "period_start_date", "scope_type", "scope_name")
    assert_same(sold, warehouse.rows("kpi_sales", key))


def test_sales_per_hour(warehouse: Warehouse, sales: Sales) -> None:
    """K1, K2: an hour in UTC would move the evening's sales to the afternoon."""
    key = ("sales_date", "sales_hour", "country_name")
    expected = sales_kpis.kpi_sales_hourly(sales)
    assert_same(expected, warehouse.rows("kpi_sales_hourly", key))


def test_sales_per_trading_hour(
    warehouse: Warehouse, sales: Sales, sold: Rows, company_dir: Path
) -> None:
    """K5: a night of 23 hours or a holiday in Tehran would count as open."""
    holidays = {
        (row["country_code"], row["calendar_date"])
        for row in warehouse.records("marts.dim_country_dates")
        if row["is_public_holiday"]
    }
    regions = {
        country: row["region_name"]
        for country, row in sales_slices.read_regions(company_dir).items()
    }
    expected = trading_hours.kpi_sales_per_trading_hour(
        sold, TradingHours(sales.shop.clock, holidays), regions
    )
    key = ("period_type", "period_start_date", "scope_type", "scope_name")
    found = warehouse.rows("kpi_sales_per_trading_hour", key)
    assert_same(expected, found, frozenset({"trading_hours"}))


def test_the_mix_of_sales(warehouse: Warehouse, sold: Rows) -> None:
    """K9: a scope that did not exist yet would get an index of infinity."""
    key = ("period_type", "period_start_date", "scope_type", "scope_name")
    expected = sales_slices.kpi_sales_mix(sold)
    assert_same(expected, warehouse.rows("kpi_sales_mix", key))


def test_price_volume_and_mix(
    warehouse: Warehouse, company_dir: Path, shop: Shop
) -> None:
    """K10: effects that do not add up to the change explain nothing."""
    key = ("period_type", "period_start_date", "comparison_type", "scope_type", "scope_name")  # fmt: skip
    expected = sales_slices.kpi_price_volume_mix(company_dir, shop)
    assert_same(expected, warehouse.rows("kpi_price_volume_mix", key))


def test_targets_are_prorated_by_business_days(
    warehouse: Warehouse,
    company_dir: Path,
    sales: Sales,
    crm: Crm,
    deal_events: DealEvents,
) -> None:
    """K11: a missing target would be a missed one, a Friday in Tehran a working day."""
    key = ("period_type", "period_start_date", "target_type", "scope_type", "scope_key")
    targets = {
        **sales_drivers.read_targets(company_dir),
        **sales_drivers.crm_targets(crm),
    }
    expected = sales_drivers.kpi_target_attainment(targets, sales, deal_events, sales.today)  # fmt: skip
    assert_same(expected, warehouse.rows("kpi_target_attainment", key))


@pytest.fixture(scope="module")
def uplift(company_dir: Path, shop: Shop, warehouse: Warehouse) -> Uplift:
    """Return the sales beside the calendar, which has tests of its own."""
    calendar = warehouse.records("intermediate.int_holidays")
    lines = sales_slices.SalesLines(shop)
    return Uplift(company_dir, lines, calendar, shop.clock.today)


def test_what_holidays_sell(warehouse: Warehouse, uplift: Uplift) -> None:
    """K7: a moving holiday would be compared with an ordinary week."""
    expected = uplift.kpi_holiday_uplift(warehouse.records("marts.dim_holidays"))
    key = ("holiday_key", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_holiday_uplift", key))


def test_what_campaigns_sell(
    warehouse: Warehouse, uplift: Uplift, company: dict
) -> None:
    """K8: a campaign's own days in the baseline would hide its uplift."""
    campaigns = warehouse.records("marts.dim_campaigns")
    tags = {
        row["ad_campaign_key"]: row["utm_campaign"]
        for row in warehouse.records("marts.dim_ad_campaigns")
    }
    costs: dict[str, Decimal] = {}
    for spend in warehouse.records("marts.fct_marketing_spend_daily"):
        name = spend["campaign_name"] or tags.get(spend["ad_campaign_key"])
        for campaign in campaigns:
            is_within = campaign["start_date"] <= spend["spend_date"] <= campaign["end_date"]  # fmt: skip
            is_over = spend["spend_date"] < uplift.today and not spend["is_committed"]
            if name and name == campaign["utm_campaign"] and is_within and is_over:
                known = costs.get(campaign["campaign_key"], Decimal(0))
                costs[campaign["campaign_key"]] = known + spend["spend_amount_base"]
    home = company["countries"].split(",")[0]
    expected = uplift.kpi_campaign_uplift(campaigns, costs, home)
    assert_same(expected, warehouse.rows("kpi_campaign_uplift", ("campaign_key",)))


def test_forecasts_and_their_errors(
    warehouse: Warehouse, sales: Sales, deal_events: DealEvents
) -> None:
    """K12, K13: parts that promise more than the company, bands that hold nothing."""
    history = sales_forecasts.history(sales, deal_events)
    scope = ("measure_type", "scope_type", "scope_name")
    expected = sales_forecasts.kpi_sales_forecast(history)
    assert_same(
        expected, warehouse.rows("kpi_sales_forecast", (*scope, "target_month"))
    )
    key = ("evidence_type", "method_type", *scope, "horizon_month_count")
    expected = sales_forecasts.kpi_sales_forecast_accuracy(history)
    assert_same(expected, warehouse.rows("kpi_sales_forecast_accuracy", key))
    tested = [row for key, row in expected.items() if key[-1] == 0]
    covered = sum(row["covered_count"] for row in tested)
    # Four fifths are meant; each company is one sample of a few months.
    assert 0.75 <= covered / sum(row["forecast_count"] for row in tested) <= 0.95
