"""Organizations over CRM and helpdesk against those of the data directory."""

from collections import defaultdict
from pathlib import Path

import pytest

from tests.oracle.comparison import Rows, Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.organizations import Organizations, identity, said_organizations
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop

Group = frozenset[tuple[object, object, object]]


@pytest.fixture(scope="module")
def organizations(company_dir: Path) -> Organizations:
    """Return the organizations as the data directory tells them."""
    return Organizations(company_dir)


@pytest.fixture(scope="module")
def groups(warehouse: Warehouse) -> dict[object, Group]:
    """Return the records of each organization of the warehouse, by its key."""
    found = defaultdict(set)
    for row in warehouse.records("marts.dim_organization_records"):
        record = (row["record_type"], row["vendor"], row["record_id"])
        assert record not in found[row["organization_key"]]
        found[row["organization_key"]].add(record)
    return {key: frozenset(records) for key, records in found.items()}


def test_organizations_have_the_records_of_the_oracle(
    organizations: Organizations, groups: dict[object, Group]
) -> None:
    """A link too few splits a customer's tickets from its deals; one too many lends."""
    expected = {identity(group) for group in organizations.groups()}
    actual = set(groups.values())
    assert max(map(len, expected)) > 1
    assert min(map(len, expected)) == 1
    assert len(actual) == len(groups)
    assert actual - expected == set()
    assert expected - actual == set()


def test_deleted_records_are_those_of_the_oracle(
    warehouse: Warehouse, organizations: Organizations
) -> None:
    """A deleted record would still speak for its organization."""
    expected: Rows = {
        (one.kind, one.vendor, one.record_id): {"is_deleted": one.is_deleted}
        for one in organizations.records
    }
    rows = warehouse.records("marts.dim_organization_records")
    actual = {(row["record_type"], row["vendor"], row["record_id"]): row for row in rows}  # fmt: skip
    assert len(actual) == len(rows)
    assert_same(expected, actual)


def test_organizations_are_described_as_by_the_oracle(
    warehouse: Warehouse, organizations: Organizations, groups: dict[object, Group]
) -> None:
    """The helpdesk's name would win over the CRM's, or a deleted record count."""
    rows = warehouse.records("marts.dim_organizations")
    actual = {tuple(sorted(groups[row["organization_key"]], key=str)): row for row in rows}  # fmt: skip
    assert len(actual) == len(rows)
    expected: Rows = {
        tuple(sorted(records, key=str)): row
        for records, row in organizations.described().items()
    }
    assert_same(expected, actual)


def test_customers_have_a_segment_of_their_organizations(
    warehouse: Warehouse,
    organizations: Organizations,
    company_dir: Path,
    clock: Clock,
    crm: Crm,
) -> None:
    """A customer would be lent a segment by a company that is not his own."""
    segments = {
        (kind, record_id): str(row["segment_name"])
        for records, row in organizations.described().items()
        for kind, _, record_id in records
    }
    said = said_organizations(crm, company_dir)
    known = {
        row["customer_key"]: row["segment_name"]
        for row in warehouse.records("marts.dim_customers")
    }
    assert len(set(known.values())) > 1
    keys = {
        f"{row['record_type']}:{row['vendor']}:{row['record_id']}": row["customer_key"]
        for row in warehouse.records("marts.dim_customer_records")
        if not row["is_deleted"]
    }
    for group in Customers(company_dir, Shop(company_dir, clock, crm)).groups():
        present = [record for record in group if record in keys]
        allowed = {segments.get(said[one]) for one in present if one in said}
        allowed = allowed - {None, "unknown"} or {"unknown"}
        actual = {known[keys[record]] for record in present}
        assert len(actual) == bool(present), group
        assert actual <= allowed, (group, actual, allowed)
