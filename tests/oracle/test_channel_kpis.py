"""Attribution against an independent and obvious computation."""

from pathlib import Path

import pytest

from tests.oracle.channels import (
    Journeys,
    kpi_attribution_disagreement,
    kpi_channel_attribution,
)
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop
from tests.oracle.shop_sessions import Visits
from tests.oracle.test_shop_sessions import read_customers


@pytest.fixture(scope="module")
def journeys(company_dir: Path, clock: Clock, crm: Crm) -> Journeys:
    """Return the visits before each order."""
    shop = Shop(company_dir, clock, crm)
    customer_of = read_customers(company_dir, shop)
    return Journeys(Visits(shop, customer_of), customer_of)


def test_attribution_of_channels_and_campaigns(
    warehouse: Warehouse, journeys: Journeys
) -> None:
    """K64: an order credited twice, or not at all, would be money that nobody made."""
    expected = kpi_channel_attribution(journeys)
    key = ("period_type", "period_start_date", "attribution_model_name", "scope_type", "scope_name")  # fmt: skip
    assert_same(expected, warehouse.rows("kpi_channel_attribution", key))


def test_disagreement_of_the_models(warehouse: Warehouse, journeys: Journeys) -> None:
    """K66: a model that gives a channel nothing would be left out of the gap."""
    expected = kpi_attribution_disagreement(kpi_channel_attribution(journeys))
    key = ("period_type", "period_start_date", "channel_group_name")
    assert_same(expected, warehouse.rows("kpi_attribution_disagreement", key))


def test_a_model_without_enough_orders_says_so(warehouse: Warehouse) -> None:
    """K64: a chain of a hundred orders would look as sure as one of a million."""
    key = ("period_type", "period_start_date", "attribution_model_name", "scope_type", "scope_name")  # fmt: skip
    rows = warehouse.rows("kpi_channel_attribution", key)
    reasons = {key[2]: row["fallback_reason"] for key, row in rows.items()}
    assert reasons.pop("markov").startswith("linear, because fewer than 2000 orders")
    assert set(reasons.values()) == {None}
