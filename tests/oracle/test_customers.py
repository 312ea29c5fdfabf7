"""Customers over all systems against union-find on the data directory."""

from collections import defaultdict
from pathlib import Path

import duckdb

from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop


def test_customers_are_those_of_the_oracle(
    built_warehouse: Path, company_dir: Path, clock: Clock, crm: Crm
) -> None:
    """A link too few makes two customers of one buyer, a link too many one of two."""
    with duckdb.connect(str(built_warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select customer_key, record_type || ':' || vendor || ':' || record_id "
            "from marts.dim_customer_records"
        ).fetchall()
    found = defaultdict(set)
    for key, record in rows:
        found[key].add(record)
    actual = {frozenset(group) for group in found.values()}
    expected = Customers(company_dir, Shop(company_dir, clock, crm)).groups()
    assert len(actual) > 100
    assert actual - expected == set()
    assert expected - actual == set()
