"""Readers, sections, subscriptions and sales of content against an obvious computation."""

from pathlib import Path

import duckdb
import pytest

from tests.oracle import reading_kpis
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.newsletters import Newsletters
from tests.oracle.periods import Clock
from tests.oracle.reading import Reading
from tests.oracle.reading_kpis import Outcomes
from tests.oracle.shop import Shop
from tests.oracle.shop_sessions import Visits

SCOPE = ("scope_type", "scope_name")


@pytest.fixture(scope="module")
def shop(company_dir: Path, clock: Clock, crm: Crm) -> Shop:
    """Return the shop as the event archive tells it."""
    return Shop(company_dir, clock, crm)


@pytest.fixture(scope="module")
def people(company_dir: Path, shop: Shop) -> dict[str, str]:
    """Return who is behind each record, by one record that stands for him."""
    groups = Customers(company_dir, shop).groups()
    return {record: min(group) for group in groups for record in group}


@pytest.fixture(scope="module")
def reading(company_dir: Path, shop: Shop, people: dict[str, str]) -> Reading:
    """Return what was read."""

    def customer_of(kind: str, name: str) -> str:
        return people[f"{kind}:events:{name}"]

    return Reading(company_dir, Visits(shop, customer_of), customer_of)


@pytest.fixture(scope="module")
def outcomes(
    company_dir: Path, reading: Reading, clock: Clock, people: dict[str, str]
) -> Outcomes:
    """Return what became of readers and subscribers."""
    newsletters = Newsletters(company_dir, clock)
    return Outcomes(company_dir, reading, newsletters, people)


@pytest.fixture(scope="module")
def ages(built_warehouse: Path, people: dict[str, str]) -> dict[str, str]:
    """Return the age group that dim_customers gives each customer of the shop."""
    with duckdb.connect(str(built_warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select record_type, record_id, age_group_name "
            "from marts.dim_customer_records join marts.dim_customers "
            "using (customer_key) where vendor = 'events'"
        ).fetchall()
    return {people[f"{kind}:events:{name}"]: age for kind, name, age in rows}


def test_engagement(
    warehouse: Warehouse, reading: Reading, ages: dict[str, str]
) -> None:
    """K51 to K53: hidden tabs, machines and former addresses would count wrongly."""
    expected = reading_kpis.kpi_content_engagement_monthly(reading, ages)
    key = ("period_type", "view_month", *SCOPE)
    assert_same(expected, warehouse.rows("kpi_content_engagement_monthly", key))


def test_sections(warehouse: Warehouse, reading: Reading, ages: dict[str, str]) -> None:
    """K54: a section of another layout would be taken for this one's."""
    expected = reading_kpis.kpi_section_engagement_monthly(reading, ages)
    key = ("period_type", "view_month", "article_key", "layout_version", "section_id", *SCOPE)  # fmt: skip
    assert_same(expected, warehouse.rows("kpi_section_engagement_monthly", key))


def test_readers_become_subscribers(warehouse: Warehouse, outcomes: Outcomes) -> None:
    """K55: who subscribed before he read would be a success of the article."""
    expected = reading_kpis.kpi_reader_conversion_monthly(outcomes)
    key = ("period_type", "first_read_month", *SCOPE)
    assert_same(expected, warehouse.rows("kpi_reader_conversion_monthly", key))


def test_subscribers_become_buyers(warehouse: Warehouse, outcomes: Outcomes) -> None:
    """K58: who had bought before would be won by the newsletter."""
    expected = reading_kpis.kpi_subscriber_conversion_monthly(outcomes)
    key = ("period_type", "subscription_month", *SCOPE)
    assert_same(expected, warehouse.rows("kpi_subscriber_conversion_monthly", key))


def test_sales_after_reading(warehouse: Warehouse, outcomes: Outcomes) -> None:
    """K59: an order that two articles of a topic assisted would count twice under it."""
    expected = reading_kpis.kpi_content_revenue_monthly(outcomes)
    key = ("period_type", "sales_month", *SCOPE)
    assert_same(expected, warehouse.rows("kpi_content_revenue_monthly", key))


def test_the_sandbox_has_every_kind_of_reader(
    reading: Reading, outcomes: Outcomes
) -> None:
    """Where nobody does something, its formula is not tested."""
    views = reading.views
    assert any(view.seconds == 1800 for view in views)
    assert any(view.is_short for view in views)
    assert any(view.is_read_through for view in views)
    assert any(not view.is_measured for view in views)
    assert {view.layout for view in views} == {"1", "2", "unknown"}
    rows = reading_kpis.kpi_reader_conversion_monthly(outcomes).values()
    for name in ("prior_subscriber_count", "subscribed_count", "interested_count", "prior_buyer_count", "buyer_count"):  # fmt: skip
        assert sum(int(str(row[name])) for row in rows) > 0, name
