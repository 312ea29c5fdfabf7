"""Visits, carts and their customers against an independent and obvious computation."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.oracle import shop_carts, shop_customers, shop_purchases, shop_sessions
from tests.oracle.comparison import Warehouse, assert_same, differences
from tests.oracle.crm import Crm
from tests.oracle.customers import Customers
from tests.oracle.periods import Clock
from tests.oracle.sales_slices import read_regions
from tests.oracle.shop import Shop
from tests.oracle.shop_carts import Carts
from tests.oracle.shop_customers import Buyers
from tests.oracle.shop_sessions import Visits

PERIOD = ("period_type", "period_start_date", "scope_type", "scope_name")


CustomerOf = Callable[[str, str], str]


def read_customers(folder: Path, shop: Shop) -> CustomerOf:
    """Return who is behind an account or a device."""
    customers = {
        record: min(group)
        for group in Customers(folder, shop).groups()
        for record in group
    }
    return lambda kind, name: customers[f"{kind}:events:{name}"]


@pytest.fixture(scope="module")
def shop(company_dir: Path, clock: Clock, crm: Crm) -> Shop:
    """Return the shop as the event archive tells it."""
    return Shop(company_dir, clock, crm)


@pytest.fixture(scope="module")
def customer_of(company_dir: Path, shop: Shop) -> CustomerOf:
    """Return who is behind an account or a device."""
    return read_customers(company_dir, shop)


def read_keys(warehouse: Path, customer_of: CustomerOf) -> dict[str, str]:
    """Return the warehouse's key of every customer of the shop."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select record_type, record_id, customer_key from marts.dim_customer_records "
            "where vendor = 'events'"
        ).fetchall()
    return {customer_of(kind, name): key for kind, name, key in rows}


def read_kinds(
    warehouse: Warehouse, keys: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the segment and the age group of every customer that dim_customers has."""
    known = {
        row["customer_key"]: row for row in warehouse.records("marts.dim_customers")
    }
    present = {name: known[key] for name, key in keys.items() if key in known}
    segments = {name: str(row["segment_name"]) for name, row in present.items()}
    ages = {name: str(row["age_group_name"]) for name, row in present.items()}
    return segments, ages


@pytest.fixture(scope="module")
def key_of(built_warehouse: Path, customer_of: CustomerOf) -> dict[str, str]:
    """Return the warehouse's key of every customer."""
    return read_keys(built_warehouse, customer_of)


@pytest.fixture(scope="module")
def visits(
    company_dir: Path,
    shop: Shop,
    customer_of: CustomerOf,
    warehouse: Warehouse,
    key_of: dict[str, str],
) -> Visits:
    """Return the visits; segment and age group of customers are those of dim_customers."""
    regions = {
        country: row["region_name"]
        for country, row in read_regions(company_dir).items()
    }
    return Visits(shop, customer_of, regions, *read_kinds(warehouse, key_of))


def test_visits_per_period(warehouse: Warehouse, visits: Visits) -> None:
    """K31, K32, K34, K36, K39: machines, midnights or two devices would count wrongly."""
    expected = shop_sessions.kpi_sessions(visits)
    assert_same(expected, warehouse.rows("kpi_sessions", PERIOD))


def test_funnel_per_period(warehouse: Warehouse, visits: Visits) -> None:
    """K33: a saved cart skips two steps, which would make a rate above 1."""
    expected = shop_sessions.kpi_shop_funnel(visits)
    assert_same(expected, warehouse.rows("kpi_shop_funnel", (*PERIOD, "step_number")))


def test_referrers_per_month(warehouse: Warehouse, visits: Visits) -> None:
    """K40: the shop's own pages as referrer would outnumber every real one."""
    key = ("period_type", "session_month", "source_name", "medium_name", "channel_group_name")  # fmt: skip
    expected = shop_sessions.kpi_referrers_monthly(visits)
    assert_same(expected, warehouse.rows("kpi_referrers_monthly", key))


def test_carts_per_period(
    warehouse: Warehouse, visits: Visits, customer_of: CustomerOf
) -> None:
    """K35, K37: a cart bought on another device would count as abandoned."""
    expected = shop_carts.kpi_cart_abandonment(Carts(visits, customer_of))
    assert_same(expected, warehouse.rows("kpi_cart_abandonment", PERIOD))


@pytest.fixture(scope="module")
def buyers(
    visits: Visits,
    customer_of: CustomerOf,
    warehouse: Warehouse,
    built_warehouse: Path,
) -> Buyers:
    """Return everyone who ordered; segment and age group are those of dim_customers."""
    kinds = read_kinds(warehouse, read_keys(built_warehouse, customer_of))
    assert all(len(set(kind.values())) > 1 for kind in kinds)
    return Buyers(visits, customer_of, *kinds)


def test_lifetime_value(warehouse: Warehouse, buyers: Buyers) -> None:
    """K81: left out, customers whose goods all came back would flatter the average."""
    expected = shop_customers.kpi_customer_lifetime_value(buyers)
    key = ("scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_customer_lifetime_value", key))


def test_value_of_cohorts(warehouse: Warehouse, buyers: Buyers) -> None:
    """K82: a month that is not over would make the youngest cohorts look worst."""
    expected = shop_customers.kpi_customer_value_cohorts_monthly(buyers)
    key = ("period_type", "cohort_month", "month_number", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_customer_value_cohorts_monthly", key))


def test_repeat_purchases(warehouse: Warehouse, buyers: Buyers) -> None:
    """K83: customers who could not have come back yet would lower the rate."""
    expected = shop_customers.kpi_repeat_purchase(buyers)
    key = ("window_days", "scope_type", "scope_name")
    assert_same(expected, warehouse.rows("kpi_repeat_purchase", key))


def test_buyers_in_fifths(
    warehouse: Warehouse,
    built_warehouse: Path,
    buyers: Buyers,
    customer_of: CustomerOf,
) -> None:
    """K89: fifths that part equal customers at random would change from run to run."""
    expected = shop_customers.kpi_rfm(buyers, read_keys(built_warehouse, customer_of))
    assert_same(expected, warehouse.rows("kpi_rfm", ("customer_key",)))


SCOPE = ("scope_type", "scope_name")


def test_intervals_between_purchases(warehouse: Warehouse, buyers: Buyers) -> None:
    """K84: without the open gaps only those who came back would be asked."""
    expected = shop_purchases.kpi_purchase_interval(buyers)
    assert_same(expected, warehouse.rows("kpi_purchase_interval", SCOPE))
    expected = shop_purchases.kpi_purchase_interval_survival(buyers)
    key = (*SCOPE, "gap_days")
    assert_same(expected, warehouse.rows("kpi_purchase_interval_survival", key))


def test_customers_who_left(
    warehouse: Warehouse, buyers: Buyers, key_of: dict[str, str]
) -> None:
    """K85: a monthly and a yearly customer are not away for long after the same days."""
    expected = shop_purchases.kpi_customer_churn(buyers)
    assert_same(expected, warehouse.rows("kpi_customer_churn", SCOPE))
    expected = shop_purchases.rhythms(buyers, key_of)
    actual = warehouse.rows("kpi_predicted_customer_value", ("customer_key",))
    for key, row in actual.items():
        if row["churn_rule_type"] == "probability":
            expected[key]["is_churned"] = float(str(row["alive_probability"])) < 0.5
    assert_same(expected, actual)


def test_histories_for_the_models_of_value(
    warehouse: Warehouse, buyers: Buyers, key_of: dict[str, str]
) -> None:
    """K85, K86: a purchase of the hold-out in the calibration would score itself."""
    rows = warehouse.records("intermediate.int_purchase_histories")
    actual = {(row["history_type"], row["customer_key"]): row for row in rows}
    assert_same(shop_purchases.histories(buyers, key_of), actual)


def test_the_ledger_of_models_says_what_is_served(
    warehouse: Warehouse, clock: Clock
) -> None:
    """K86: a prediction that nobody has scored is a guess."""
    key = ("predicted_date", "model_name", "history_type")
    rows = warehouse.rows("kpi_customer_value_models", key)
    today = {name: row for name, row in rows.items() if name[0] == clock.today}
    assert len(today) == 4
    served = {name[1] for name, row in today.items() if row["is_served"]} or {"none"}
    predictions = warehouse.rows("kpi_predicted_customer_value", ("customer_key",))
    assert {row["model_name"] for row in predictions.values()} == served
    assert all(row["reason"] for row in today.values())


def test_cancellations_per_month(warehouse: Warehouse, buyers: Buyers) -> None:
    """K90: dated on the cancellation, a month without orders would divide by 0."""
    expected = shop_purchases.kpi_order_cancellations_monthly(buyers)
    key = ("period_type", "order_month", *SCOPE)
    assert_same(expected, warehouse.rows("kpi_order_cancellations_monthly", key))


def test_product_mix_per_month(warehouse: Warehouse, buyers: Buyers) -> None:
    """K90: a gift card in the mix would count its sale twice."""
    expected = shop_purchases.kpi_product_mix_monthly(buyers)
    key = ("period_type", "sales_month", *SCOPE, "category_name")
    assert_same(expected, warehouse.rows("kpi_product_mix_monthly", key))


def test_what_follows_what(
    warehouse: Warehouse, buyers: Buyers, key_of: dict[str, str]
) -> None:
    """K90: two orders of one day are one purchase and follow nothing."""
    held = shop_purchases.items(buyers, key_of)
    columns = ("customer_key", "purchase_number", "item_type", "item_name")
    rows = warehouse.records("intermediate.int_purchase_items")
    assert {tuple(row[name] for name in columns) for row in rows} == held
    expected = shop_purchases.kpi_next_product_affinity(held, buyers, key_of)
    key = ("item_type", "item_name", "next_item_name")
    actual = warehouse.rows("kpi_next_product_affinity", key)
    assert not differences(expected, actual, frozenset())


def test_migration_between_segments(
    warehouse: Warehouse, buyers: Buyers, key_of: dict[str, str]
) -> None:
    """K89: judged by today's customers, nobody would have moved."""
    first = min(buyer.won for buyer in buyers.found.values())
    expected = shop_purchases.kpi_rfm_migration_monthly(buyers, key_of, first)
    key = ("period_type", "migration_month", "from_segment_name", "segment_name")
    assert_same(expected, warehouse.rows("kpi_rfm_migration_monthly", key))
