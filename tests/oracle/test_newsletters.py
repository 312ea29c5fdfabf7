"""The newsletters' KPIs against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.newsletters import (
    Newsletters,
    kpi_newsletter_sends,
    kpi_subscribers_monthly,
)
from tests.oracle.periods import Clock


@pytest.fixture(scope="module")
def newsletters(company_dir: Path, clock: Clock) -> Newsletters:
    """Return newsletters as Ghost's files tell them."""
    return Newsletters(company_dir, clock)


def test_newsletter_sends(warehouse: Warehouse, newsletters: Newsletters) -> None:
    """K57: machines would be readers, and what is untracked would be nobody."""
    expected = kpi_newsletter_sends(newsletters)
    actual = warehouse.rows("kpi_newsletter_sends", ("vendor", "send_id"))
    assert_same(expected, actual)


def test_subscribers(warehouse: Warehouse, newsletters: Newsletters) -> None:
    """K56: a second newsletter would be a second subscriber."""
    key = ("period_type", "change_month", "scope_type", "scope_name")
    expected = kpi_subscribers_monthly(newsletters)
    assert_same(expected, warehouse.rows("kpi_subscribers_monthly", key))


def test_subscribers_end_as_the_vendor_counts_them(
    warehouse: Warehouse, newsletters: Newsletters
) -> None:
    """K56: a change that is missed would stay in every later month."""
    key = ("period_type", "change_month", "scope_name")
    rows = warehouse.rows("kpi_subscribers_monthly", key)
    month = newsletters.clock.today.replace(day=1)
    assert rows["month", month, "all"]["closing_count"] == newsletters.subscribed_count
