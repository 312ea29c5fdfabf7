"""Visits that grow by loads are those of a whole build."""

from pathlib import Path

from tests.dbt.warehouses import Warehouse, only


def test_late_and_retried_events_in_any_order_lead_to_the_same_visits(
    tmp_path: Path,
) -> None:
    """A late event joins two visits over midnight; a retried order moves to another."""
    warehouse = Warehouse(
        tmp_path, {"VENDORS": only("shop", "events"), "AS_OF": "2026-04-10"}
    )
    done = warehouse.run("tests.dbt.load_by_load")
    assert done.returncode == 0, done.stdout + done.stderr
