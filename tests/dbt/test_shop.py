"""Orders and refunds from hand-written events, built by dbt."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.dbt.warehouses import Warehouse


@pytest.fixture(scope="module")
def orders(shop: Warehouse) -> dict[str, dict]:
    """Return fct_orders by order id."""
    return {row["order_id"]: row for row in shop.rows("select * from marts.fct_orders")}


@pytest.fixture(scope="module")
def refunds(shop: Warehouse) -> dict[str, dict]:
    """Return fct_refunds by refund id."""
    return {
        row["refund_id"]: row for row in shop.rows("select * from marts.fct_refunds")
    }


def test_a_retried_order_counts_once_as_first_reported(
    shop: Warehouse, orders: dict[str, dict]
) -> None:
    """A client's retry would double the sale; the later report stays countable."""
    assert orders["retried"]["ordered_at"] == datetime(2026, 3, 2, 10)  # noqa: DTZ001
    assert orders["retried"]["total_amount"] == Decimal(21)
    excluded = shop.query(
        "select vendor, record_type, record_id, reason "
        "from intermediate.int_excluded_records"
    )
    assert excluded == [("events", "order report", "m1", "repeats an order")]


def test_older_and_misspelled_event_names_are_orders(orders: dict[str, dict]) -> None:
    """A sender on the first version of the spec would lose all its sales."""
    assert {"legacy", "lower"} <= orders.keys()


def test_only_finished_loads_and_track_events_count(orders: dict[str, dict]) -> None:
    """Rows of a killed load are loaded again by the next one and would count twice."""
    assert {"killed", "identified"}.isdisjoint(orders)


def test_an_order_without_an_id_stands_under_its_message(
    orders: dict[str, dict],
) -> None:
    """Dropped, its money would be missing; a guest's device is its customer."""
    assert orders["m5"]["customer_id"] == "device-1"
    assert orders["m5"]["is_guest"] is True


def test_the_day_and_hour_are_those_of_the_reporting_time_zone(
    orders: dict[str, dict],
) -> None:
    """22:30 UTC on March 31 is half past midnight in Berlin, in another month."""
    late = orders["late-evening"]
    assert (late["order_date"], late["ordered_hour"]) == (date(2026, 4, 1), 0)


def test_money_without_a_rate_is_counted_and_never_taken_as_base(
    shop: Warehouse, orders: dict[str, dict]
) -> None:
    """A rate of 1 would turn 20 francs, or 20 of nothing, into 20 euros."""
    assert orders["francs"]["gross_amount_base"] is None
    assert orders["moneyless"]["gross_amount_base"] is None
    listed = shop.query(
        "select record_type, currency, amount_date, reason "
        "from intermediate.int_unconverted_amounts order by amount_date"
    )
    assert listed == [
        ("order", "CHF", date(2026, 3, 7), "no rate"),
        ("order", None, date(2026, 3, 8), "no currency"),
        ("refund", "CHF", date(2026, 4, 5), "no rate"),
    ]


def test_an_order_without_a_country_is_unknown_not_absent(
    orders: dict[str, dict],
) -> None:
    """Grouped by NULL it would fall out of a join on the country."""
    assert orders["francs"]["country_name"] == "unknown"


def test_prices_of_six_decimals_add_up_to_what_was_charged(
    orders: dict[str, dict],
) -> None:
    """3000 times 0.333333 is 999.999, a tenth of a cent short; 25 is no rounding of 20."""
    assert orders["fractions"]["gross_amount"] == Decimal(1000)
    assert orders["disagreeing"]["gross_amount"] == Decimal(20)


def test_a_line_without_a_quantity_is_one_piece(orders: dict[str, dict]) -> None:
    """The spec makes quantity optional; as 0 the line would be free."""
    assert orders["by-piece"]["unit_count"] == 1
    assert orders["by-piece"]["gross_amount"] == Decimal(7)


def test_a_cancelled_order_stays_and_says_so(orders: dict[str, dict]) -> None:
    """It was paid; what goes back is a refund, and twice subtracted would be wrong."""
    assert [name for name, row in orders.items() if row["was_cancelled"]] == ["legacy"]


def test_partial_refunds_of_one_order_stay_several(refunds: dict[str, dict]) -> None:
    """Deduplicated by order, the second tea would never have come back."""
    parts = [refunds["r1"], refunds["r2"]]
    assert [part["returned_amount"] for part in parts] == [Decimal(10)] * 2
    assert {part["country_name"] for part in parts} == {"Austria"}
    assert {part["order_date"] for part in parts} == {date(2026, 3, 3)}


def test_a_refund_of_an_unknown_order_stays_without_one(
    refunds: dict[str, dict],
) -> None:
    """It reduces the day's sales all the same; only its order's day is unknown."""
    unknown = refunds["r3"]
    assert (unknown["order_key"], unknown["order_date"]) == (None, None)
    assert unknown["country_name"] == "Iran"


def test_a_refund_without_a_currency_has_its_orders(refunds: dict[str, dict]) -> None:
    """Refund events often leave out what the order said."""
    assert refunds["r4"]["currency"] == "CHF"


def test_the_month_of_march_adds_up(shop: Warehouse) -> None:
    """Ten orders in March (one without a rate, one without a currency are unpriced)."""
    march = shop.rows(
        "select * from kpis.kpi_sales where period_type = 'month' "
        "and scope_type = 'total' and period_start_date = '2026-03-01'"
    )[0]
    # retried, legacy, lower and m5 at 20, fractions 1000, disagreeing 20, by-piece 7.
    assert march["gross_sales_amount_base"] == Decimal("1107.00")
    assert march["order_count"] == 9
    assert march["unconverted_order_count"] == 2
    assert march["order_dated_returns_amount_base"] == Decimal("20.00")
    assert march["event_dated_returns_amount_base"] == Decimal("0.00")
    assert march["average_order_value"] == pytest.approx(1107 / 7)
    assert march["is_complete"] is True


def test_the_open_month_is_compared_with_as_many_days(shop: Warehouse) -> None:
    """April 1 to 10 against all of March would always look like a collapse."""
    april = shop.rows(
        "select * from kpis.kpi_sales where period_type = 'month' "
        "and scope_type = 'total' and period_start_date = '2026-04-01'"
    )[0]
    assert april["is_complete"] is False
    assert april["prior_end_date"] == date(2026, 3, 10)
    # March 1 to 10: four orders of 20 and one of 1000 are priced; seven were made.
    assert april["prior_gross_sales_amount_base"] == Decimal("1080.00")
    assert april["prior_order_count"] == 7


def test_countries_add_up_to_the_total(shop: Warehouse) -> None:
    """A country that is missing or doubled would show here first."""
    sums = shop.query(
        "select scope_type, sum(gross_sales_amount_base), sum(order_count), "
        "sum(event_dated_returns_amount_base) from kpis.kpi_sales "
        "where period_type = 'jalali_year' and scope_type in ('total', 'country') "
        "group by scope_type"
    )
    assert len({row[1:] for row in sums}) == 1
    assert len(sums) == 2
