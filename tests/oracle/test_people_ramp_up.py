"""How soon reps sell as much as those who have been here for long."""

from pathlib import Path

from tests.oracle import people_ramp_up
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.people import People
from tests.oracle.periods import Clock


def test_rep_ramp_up(
    warehouse: Warehouse, company_dir: Path, clock: Clock, crm: Crm
) -> None:
    """K78: an unfinished month would look weak, or a leaver's deals his successor's."""
    expected = people_ramp_up.kpi_rep_ramp_up(People(company_dir, clock, crm))
    key = ("scope_type", "scope_name", "tenure_month_number")
    assert_same(expected, warehouse.rows("kpi_rep_ramp_up", key))
    assert any(
        row["rep_count"] != row["complete_rep_count"] for row in expected.values()
    ), "Every month is whole: censoring would pass untested."
    assert any(row["mature_level_ratio"] for row in expected.values())
