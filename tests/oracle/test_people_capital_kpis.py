"""What people bring in, how much of a job they have, and a past that HR rewrote."""

from pathlib import Path

import pytest

from tests.oracle import people_capital_kpis
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.people import People
from tests.oracle.periods import Clock


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
