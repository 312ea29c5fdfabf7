"""The people KPIs against an independent and obvious computation, day by day."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle import hiring_kpis, people_kpis, people_pay_kpis, sales_kpis
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.people import People
from tests.oracle.periods import Clock
from tests.oracle.sales_kpis import Sales
from tests.oracle.shop import Shop

SCOPE = ("scope_type", "scope_name")


@pytest.fixture(scope="module")
def people(company_dir: Path, clock: Clock, crm: Crm) -> People:
    """Return the staff as the HR system tells it."""
    return People(company_dir, clock, crm)


def test_headcount_per_day(warehouse: Warehouse, people: People) -> None:
    """K67: future hires, contractors or people on leave would be counted wrongly."""
    expected = people_kpis.kpi_headcount_daily(people)
    found = warehouse.rows("kpi_headcount_daily", ("calendar_date", *SCOPE))
    assert_same(expected, found)


def test_headcount_per_month(warehouse: Warehouse, people: People) -> None:
    """K67, K69: the last day of a month or its average would be off."""
    expected = people_kpis.kpi_headcount_monthly(people)
    found = warehouse.rows("kpi_headcount_monthly", ("headcount_month", *SCOPE))
    assert_same(expected, found)


def test_headcount_bridge(warehouse: Warehouse, people: People) -> None:
    """K70: a promotion or a move in mid-month would be a hire or a separation."""
    key = ("headcount_month", *SCOPE)
    expected = people_kpis.kpi_headcount_bridge_monthly(people)
    assert_same(expected, warehouse.rows("kpi_headcount_bridge_monthly", key))
    moved = [row for row in expected.values() if row["transfer_in_count"]]
    assert moved, "Nobody moved: the bridge would pass without transfers."


def test_turnover(warehouse: Warehouse, people: People) -> None:
    """K71, K72: a year would be twelve times a month, or a kind would vanish."""
    expected = people_kpis.kpi_turnover_monthly(people)
    found = warehouse.rows("kpi_turnover_monthly", ("headcount_month", *SCOPE))
    assert_same(expected, found)


def test_new_hire_attrition(warehouse: Warehouse, people: People) -> None:
    """K73: a young cohort would look loyal because it had no time to leave."""
    expected = people_kpis.kpi_new_hire_attrition(people)
    found = warehouse.rows("kpi_new_hire_attrition", ("hire_month", *SCOPE))
    assert_same(expected, found)


def test_survival_of_hires(warehouse: Warehouse, people: People) -> None:
    """K73: who is still here would count as a leaver, or as one who never leaves."""
    expected = people_kpis.kpi_tenure_survival(people)
    found = warehouse.rows("kpi_tenure_survival", (*SCOPE, "survived_days"))
    assert_same(expected, found)


def test_tenure(warehouse: Warehouse, people: People) -> None:
    """K74: leavers would be averaged with those who stay."""
    expected = people_kpis.kpi_tenure_monthly(people)
    found = warehouse.rows("kpi_tenure_monthly", ("headcount_month", *SCOPE))
    assert_same(expected, found)


def test_people_cost(
    warehouse: Warehouse, people: People, company_dir: Path, clock: Clock, crm: Crm
) -> None:
    """K78: pay would be off by days or rates, or a small group would show."""
    sales = Sales(Shop(company_dir, clock, crm))
    net = {
        start: Decimal(str(row["event_dated_net_sales_amount_base"]))
        for (kind, start, _, name), row in sales_kpis.kpi_sales(sales).items()
        if kind == "month" and name == "all"
    }
    expected = people_pay_kpis.kpi_people_cost_monthly(people, net)
    found = warehouse.rows("kpi_people_cost_monthly", ("pay_month", *SCOPE))
    assert_same(expected, found)


def test_cost_per_hire(warehouse: Warehouse, people: People) -> None:
    """K75: a bill in pounds would count as euro, or the row of totals as a cost."""
    expected = hiring_kpis.kpi_cost_per_hire_monthly(people)
    found = warehouse.rows("kpi_cost_per_hire_monthly", ("hiring_month", *SCOPE))
    assert_same(expected, found)


def test_hiring_cost_per_tenure(warehouse: Warehouse, people: People) -> None:
    """K76: cheap hires who leave at once would look cheaper than those who stay."""
    expected = hiring_kpis.kpi_hiring_cost_per_tenure(people)
    found = warehouse.rows("kpi_hiring_cost_per_tenure", SCOPE)
    assert_same(expected, found)


def test_time_to_hire(warehouse: Warehouse, people: People) -> None:
    """K77: a cancelled requisition would be open for ever."""
    expected = hiring_kpis.kpi_time_to_hire_monthly(people)
    found = warehouse.rows("kpi_time_to_hire_monthly", ("accepted_month", *SCOPE))
    assert_same(expected, found)


def test_enps(warehouse: Warehouse, people: People, clock: Clock) -> None:
    """K80: an answer exported twice would count twice, a small group would show."""
    expected = hiring_kpis.kpi_enps(people, clock)
    found = warehouse.rows("kpi_enps", ("survey_id", "wave_name", *SCOPE))
    assert_same(expected, found)
