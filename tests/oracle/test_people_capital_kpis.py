"""What people bring in, how much of a job they have, and a past that HR rewrote."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle import people_capital_kpis, people_fte_kpis, sales_kpis
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.people import People
from tests.oracle.periods import Clock
from tests.oracle.sales_kpis import Sales
from tests.oracle.shop import Shop


@pytest.fixture(scope="module")
def people(company_dir: Path, clock: Clock, crm: Crm) -> People:
    """Return the staff as the HR system tells it."""
    return People(company_dir, clock, crm)


def test_human_capital_roi(warehouse: Warehouse, people: People) -> None:
    """K79: people cost would count as its own cost, or pounds as euro."""
    expected = people_capital_kpis.kpi_human_capital_roi_monthly(people)
    key = ("period_type", "ledger_month")
    assert_same(expected, warehouse.rows("kpi_human_capital_roi_monthly", key))
    assert any(row["twelve_month_human_capital_roi"] for row in expected.values())


def test_whole_jobs(
    warehouse: Warehouse, people: People, company_dir: Path, clock: Clock, crm: Crm
) -> None:
    """K68, K78: a part-timer would be a whole one, or one of unknown hours nobody."""
    sales = Sales(Shop(company_dir, clock, crm))
    net = {
        (str(kind), start): Decimal(str(row["event_dated_net_sales_amount_base"]))
        for (kind, start, _, name), row in sales_kpis.kpi_sales(sales).items()
        if name == "all"
    }
    expected = people_fte_kpis.kpi_fte_monthly(people, net)
    key = ("period_type", "headcount_month", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_fte_monthly", key))


def test_headcount_as_reported(warehouse: Warehouse, people: People) -> None:
    """K67: versions would count twice, or a month that nobody rewrote as restated."""
    expected = people_capital_kpis.kpi_headcount_restatements(people)
    key = ("period_type", "headcount_month", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_headcount_restatements", key))
