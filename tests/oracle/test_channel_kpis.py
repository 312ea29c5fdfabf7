"""Attribution against an independent and obvious computation."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.oracle import channel_costs, channel_returns, leads
from tests.oracle.ads import Ads
from tests.oracle.channel_costs import ChannelCosts
from tests.oracle.channel_returns import Return
from tests.oracle.channels import (
    Journeys,
    kpi_attribution_disagreement,
    kpi_channel_attribution,
)
from tests.oracle.comparison import Rows, Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.leads import People
from tests.oracle.periods import Clock
from tests.oracle.shop import Shop
from tests.oracle.shop_customers import Buyers
from tests.oracle.shop_sessions import Visits
from tests.oracle.test_shop_sessions import read_keys, read_kinds

LEAD = ("period_type", "lead_month", "scope_type", "scope_key")


@dataclass(frozen=True)
class Company:
    """What the channels' KPIs need to know, read once."""

    shop: Shop
    visits: Visits
    people: People
    costs: ChannelCosts
    journeys: Journeys
    buyers: Buyers
    credits: list[Return]


@pytest.fixture(scope="module")
def known(
    company_dir: Path,
    clock: Clock,
    crm: Crm,
    warehouse: Warehouse,
    built_warehouse: Path,
) -> Company:
    """Return visits, people, costs and orders; dim_customers says who is in a segment."""
    shop = Shop(company_dir, clock, crm)
    person_of = {
        record: min(group)
        for group in Customers(company_dir, shop).groups()
        for record in group
    }

    def customer_of(kind: str, name: str) -> str:
        return person_of[f"{kind}:events:{name}"]

    visits = Visits(shop, customer_of)
    people = People(crm, visits, person_of)
    journeys = Journeys(visits, customer_of, people.events)
    kinds = read_kinds(warehouse, read_keys(built_warehouse, customer_of))
    buyers = Buyers(visits, customer_of, *kinds)
    costs = ChannelCosts(Ads(shop, crm))
    credits = channel_returns.returns(journeys, buyers)
    return Company(shop, visits, people, costs, journeys, buyers, credits)


@pytest.fixture(scope="module")
def journeys(known: Company) -> Journeys:
    """Return what came before each order."""
    return known.journeys


def _by_rep(rows: Rows) -> Rows:
    """Return the rows with the CRM's id of a rep as the scope's key."""
    return {
        (*key[:3], str(row["scope_key"]).removeprefix("rep:")): row
        for key, row in rows.items()
    }


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


def test_costs_of_channels(warehouse: Warehouse, known: Company) -> None:
    """K60: a ledger split twice, or a committed booth counted as paid, would mislead."""
    expected = channel_costs.kpi_channel_costs_monthly(known.costs)
    key = ("period_type", "cost_month", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_channel_costs_monthly", key))
    assert any(row["committed_cost_amount_base"] for row in expected.values())
    assert any(row["allocated_cost_amount_base"] for row in expected.values())


def test_leads_and_what_they_cost(warehouse: Warehouse, known: Company) -> None:
    """K61: one person entered twice, or met again, would be two leads."""
    expected = leads.kpi_leads_monthly(known.people, known.costs)
    assert_same(expected, _by_rep(warehouse.rows("kpi_leads_monthly", LEAD)))


def test_what_became_of_leads(warehouse: Warehouse, known: Company) -> None:
    """K62: leads of last week would be judged as if half a year had passed."""
    expected = leads.kpi_lead_conversion_monthly(known.people)
    assert_same(expected, _by_rep(warehouse.rows("kpi_lead_conversion_monthly", LEAD)))


def test_pipeline_that_channels_brought(warehouse: Warehouse, known: Company) -> None:
    """K63: a deal would have several sources, or be touched by what came after it."""
    expected = leads.kpi_channel_pipeline_monthly(known.people)
    key = ("period_type", "created_month", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_channel_pipeline_monthly", key))
    assert any(key[2] == "marketing_event" for key in expected)


def test_returns_of_channels(warehouse: Warehouse, known: Company) -> None:
    """K65: a channel without an order would vanish with its cost."""
    every = [*known.credits, *channel_returns.deal_returns(known.people)]
    expected = channel_returns.kpi_channel_roi(every, known.costs)
    key = ("period_type", "period_start_date", "attribution_model_name", "scope_type", "scope_name")  # fmt: skip
    assert_same(expected, warehouse.rows("kpi_channel_roi", key))


def test_returns_of_ads(warehouse: Warehouse, known: Company) -> None:
    """K47: sales would stand for margin, and an ad that loses money would look good."""
    expected = channel_returns.kpi_ad_roi_monthly(known.credits, known.costs.ads)
    key = ("period_type", "spend_month", "attribution_model_name", "scope_type", "scope_name")  # fmt: skip
    assert_same(expected, warehouse.rows("kpi_ad_roi_monthly", key))


def test_returns_of_events(warehouse: Warehouse, known: Company) -> None:
    """K65: a fair of last month would be judged before it could bring anything."""
    every = [*known.credits, *channel_returns.deal_returns(known.people)]
    expected = channel_returns.kpi_marketing_event_roi(known.people, every, known.costs)
    ids = {
        row["marketing_event_key"]: row["marketing_event_id"]
        for row in warehouse.records("marts.dim_marketing_events")
    }
    key = ("marketing_event_key", "horizon_days", "attribution_model_name")
    rows = warehouse.rows("kpi_marketing_event_roi", key)
    assert_same(expected, {(ids[key[0]], *key[1:]): row for key, row in rows.items()})
    assert any(row["influenced_deal_count"] for row in expected.values())


def test_cost_and_formula_value_of_a_customer(
    warehouse: Warehouse, known: Company
) -> None:
    """K50, K88: a second order would be a new customer, a refund a margin."""
    campaigns = {
        order.order_id: (session.first["context"].get("campaign") or {}).get("name")
        for session in known.visits.sessions
        for order in session.orders
    }
    expected = channel_returns.kpi_customer_acquisition_cost_monthly(
        known.buyers,
        {order: name.lower() if name else None for order, name in campaigns.items()},
        known.costs,
    )
    key = ("period_type", "acquired_month", "scope_type", "scope_name")
    actual = warehouse.rows("kpi_customer_acquisition_cost_monthly", key)
    assert_same(expected, actual)
    assert any(row["payback_months"] is not None for row in expected.values())
    formula = channel_returns.kpi_formula_lifetime_value_monthly(known.buyers, expected)
    key = ("period_type", "value_month", "scope_type", "scope_name")
    assert_same(formula, warehouse.rows("kpi_formula_lifetime_value_monthly", key))
    assert any(row["formula_lifetime_value"] for row in formula.values())
