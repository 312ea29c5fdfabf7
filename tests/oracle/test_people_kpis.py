"""The people KPIs against an independent and obvious computation, day by day."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.oracle import hiring_kpis, people_kpis, people_pay_kpis, sales_kpis
from tests.oracle.comparison import Rows, Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.people import CALENDARS, People
from tests.oracle.periods import Clock
from tests.oracle.sales_kpis import Sales
from tests.oracle.shop import Shop

Published = Callable[[str, tuple[str, ...]], Rows]
SCOPE = ("scope_type", "scope_name")
MONTH = ("period_type", "headcount_month", *SCOPE)


@pytest.fixture(scope="module")
def people(company_dir: Path, clock: Clock, crm: Crm) -> People:
    """Return the staff as the HR system tells it."""
    return People(company_dir, clock, crm)


@pytest.fixture(scope="module")
def numbers(warehouse: Warehouse) -> dict[object, object]:
    """Return the number that each person has in the HR system."""
    return {
        record["person_key"]: record["record_id"]
        for record in warehouse.records("marts.dim_people_records")
        if record["record_type"] == "employee"
    }


@pytest.fixture(scope="module")
def published(warehouse: Warehouse, numbers: dict[object, object]) -> Published:
    """Return what reads a KPI table; a manager is his number in the HR system."""

    def read(table: str, key: tuple[str, ...]) -> Rows:
        found: Rows = {}
        for row in warehouse.rows(table, key).values():
            if row["scope_type"] == "manager":
                row["scope_name"] = numbers.get(row["scope_name"], row["scope_name"])
            found[tuple(row[name] for name in key)] = row
        return found

    return read


def test_headcount_per_day(published: Published, people: People) -> None:
    """K67: future hires, contractors or people on leave would be counted wrongly."""
    expected = people_kpis.kpi_headcount_daily(people)
    found = published("kpi_headcount_daily", ("calendar_date", *SCOPE))
    assert_same(expected, found)


def test_headcount_per_month(published: Published, people: People) -> None:
    """K67, K69: the last day of a month or its average would be off."""
    expected = people_kpis.kpi_headcount_monthly(people)
    found = published("kpi_headcount_monthly", MONTH)
    assert_same(expected, found)


def test_movements(
    warehouse: Warehouse, people: People, numbers: dict[object, object]
) -> None:
    """K70: a bridge that is hidden would not balance, or a rehire be somebody else."""
    expected = Counter(
        (day, *scope, kind, spell.worker)
        for day, scope, kind, spell in people_kpis.movements(people)
    )
    found = Counter(
        (
            row["change_date"],
            row["scope_type"],
            numbers.get(row["scope_name"], row["scope_name"]),
            row["change_type"],
            numbers[row["person_key"]],
        )
        for row in warehouse.records("marts.fct_headcount_changes")
    )
    assert found == expected
    assert {kind for *_, kind, _ in found} == set(people_kpis.MOVEMENTS)


def test_headcount_bridge(published: Published, people: People) -> None:
    """K70: a promotion or a move in mid-month would be a hire or a separation."""
    expected = people_kpis.kpi_headcount_bridge_monthly(people)
    assert_same(expected, published("kpi_headcount_bridge_monthly", MONTH))
    moved = [row for row in expected.values() if row["transfer_in_count"]]
    assert moved, "Nobody moved: the bridge would pass without transfers."


def test_turnover(published: Published, people: People) -> None:
    """K71, K72: a year would be twelve times a month, or a kind would vanish."""
    expected = people_kpis.kpi_turnover_monthly(people)
    found = published("kpi_turnover_monthly", MONTH)
    assert_same(expected, found)


def test_new_hire_attrition(published: Published, people: People) -> None:
    """K73: a young cohort would look loyal because it had no time to leave."""
    expected = people_kpis.kpi_new_hire_attrition(people)
    found = published("kpi_new_hire_attrition", ("period_type", "hire_month", *SCOPE))
    assert_same(expected, found)


def test_survival_of_hires(published: Published, people: People) -> None:
    """K73: who is still here would count as a leaver, or as one who never leaves."""
    expected = people_kpis.kpi_tenure_survival(people)
    found = published("kpi_tenure_survival", (*SCOPE, "survived_days"))
    assert_same(expected, found)


def test_tenure(published: Published, people: People) -> None:
    """K74: leavers would be averaged with those who stay."""
    expected = people_kpis.kpi_tenure_monthly(people)
    found = published("kpi_tenure_monthly", MONTH)
    assert_same(expected, found)


def test_people_cost(
    published: Published, people: People, company_dir: Path, clock: Clock, crm: Crm
) -> None:
    """K78: pay would be off by days or rates, or a small group would show."""
    sales = Sales(Shop(company_dir, clock, crm))
    net = {
        (kind, start): Decimal(str(row["event_dated_net_sales_amount_base"]))
        for (kind, start, _, name), row in sales_kpis.kpi_sales(sales).items()
        if kind in CALENDARS and name == "all"
    }
    expected = people_pay_kpis.kpi_people_cost_monthly(people, net)
    found = published("kpi_people_cost_monthly", ("period_type", "pay_month", *SCOPE))
    assert_same(expected, found)


def test_cost_per_hire(published: Published, people: People) -> None:
    """K75: a bill in pounds would count as euro, or the row of totals as a cost."""
    expected = hiring_kpis.kpi_cost_per_hire_monthly(people)
    found = published(
        "kpi_cost_per_hire_monthly", ("period_type", "hiring_month", *SCOPE)
    )
    assert_same(expected, found)


def test_hiring_cost_per_tenure(published: Published, people: People) -> None:
    """K76: cheap hires who leave at once would look cheaper than those who stay."""
    expected = hiring_kpis.kpi_hiring_cost_per_tenure(people)
    found = published("kpi_hiring_cost_per_tenure", SCOPE)
    assert_same(expected, found)


def test_time_to_hire(published: Published, people: People) -> None:
    """K77: a cancelled requisition would be open for ever."""
    expected = hiring_kpis.kpi_time_to_hire_monthly(people)
    found = published(
        "kpi_time_to_hire_monthly", ("period_type", "accepted_month", *SCOPE)
    )
    assert_same(expected, found)


def test_enps(published: Published, people: People, clock: Clock) -> None:
    """K80: an answer exported twice would count twice, a small group would show."""
    expected = hiring_kpis.kpi_enps(people, clock)
    found = published("kpi_enps", ("survey_id", "wave_name", *SCOPE))
    assert_same(expected, found)
