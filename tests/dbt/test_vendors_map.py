"""The project must stand with any vendors map."""

from pathlib import Path

from tests.dbt.warehouses import Warehouse, only


def test_the_project_parses_without_the_vendors_it_does_not_use(tmp_path: Path) -> None:
    """A model that names a vendor outright would ask for data that nobody loads."""
    done = Warehouse(tmp_path, {"VENDORS": only("crm", "hubspot")}).dbt("parse")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_shop_alone_builds_everything_and_leaves_the_crm_empty(
    shop: Warehouse,
) -> None:
    """Zero vendors of a category are an empty table with the contract's columns."""
    assert shop.query("select count(*) from marts.fct_deals") == [(0,)]
    assert shop.query("select count(*) from marts.fct_orders") == [(10,)]
