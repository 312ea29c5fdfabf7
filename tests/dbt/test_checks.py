"""The checks of the models: each kind of fault must turn one red."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.dbt.warehouses import Warehouse

FAULTS = {
    "order_line_key is not unique": (
        "insert into marts.fct_order_lines "
        "select * from marts.fct_order_lines where product_id is not null limit 1"
    ),
    "quantity is null": (
        "insert into marts.fct_order_lines by name "
        "select * replace ('new' as order_line_key, null as quantity) "
        "from marts.fct_order_lines limit 1"
    ),
    "line_type has another value": (
        "update marts.fct_order_lines set line_type = 'voucher' where line_number = 1"
    ),
    "order_key is not in fct_orders": "delete from marts.fct_orders",
}


@pytest.fixture
def broken(shop: Warehouse, tmp_path: Path) -> Warehouse:
    """Return a copy of the shop's warehouse with every fault in it."""
    shutil.copy(shop.directory / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        for statement in FAULTS.values():
            connection.execute(statement)
    return Warehouse(tmp_path, shop.settings)


def test_one_node_finds_every_kind_of_fault(broken: Warehouse) -> None:
    """Checks folded into one query would be worthless if one of them could not fail."""
    done = broken.dbt(
        "test", "--select", "fct_order_lines_is_sound", "--store-failures"
    )
    assert done.returncode == 1, done.stdout
    assert f"Got {len(FAULTS)} results" in done.stdout
