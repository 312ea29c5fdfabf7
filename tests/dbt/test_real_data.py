"""Two real shops, loaded and built like any other, against numbers that others computed."""

import json
from pathlib import Path

import pytest

from ingestion.settings import PROJECT_ROOT
from tests.dbt.warehouses import Warehouse, only

REAL = PROJECT_ROOT.parent / "shared" / "real"
SHOPS = {
    "online_retail": ("2011-12-09", "Europe/London", "GBP"),
    "completejourney": ("2018-01-01", "UTC", "USD"),
}
CENT, RATIO = 0.01, 1e-9

pytestmark = pytest.mark.skipif(
    not REAL.is_dir(),
    reason="real data (../shared/real) is not part of the repository and is absent here",
)


def built(directory: Path, name: str) -> Warehouse:
    """Return the warehouse of a real shop, loaded from its files and built."""
    as_of, zone, currency = SHOPS[name]
    warehouse = Warehouse(
        directory,
        {
            "VENDORS": only("shop", "events"),
            "EVENTS_URL": str(REAL / name / "events"),
            "AS_OF": as_of,
            "REPORTING_TIMEZONE": zone,
            "BASE_CURRENCY": currency,
        },
    )
    loaded = warehouse.run("ingestion", "events")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    warehouse.build("--select", "+path:models/kpis/sales")
    return warehouse


def truth(name: str, table: str) -> list[dict]:
    """Return a table of expected values."""
    return json.loads((REAL / name / "truth.json").read_text("utf-8"))["tables"][table]


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the British gift shop: two years, guests, refunds without an order."""
    return built(tmp_path_factory.mktemp("online_retail"), "online_retail")


@pytest.fixture(scope="module")
def completejourney(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the American grocer: discounts and prices of fractions of a cent."""
    return built(tmp_path_factory.mktemp("completejourney"), "completejourney")


def months(warehouse: Warehouse) -> dict[str, dict]:
    """Return the monthly totals by month."""
    rows = warehouse.rows(
        "select * from kpis.kpi_sales "
        "where period_type = 'month' and scope_type = 'total'"
    )
    return {f"{row['period_start_date']:%Y-%m}": row for row in rows}


def money(value: float) -> object:
    """Return what equals an amount to the cent."""
    return pytest.approx(value, abs=CENT)


def ratio(value: float) -> object:
    """Return what equals a ratio to the ninth decimal."""
    return pytest.approx(value, abs=RATIO)


def test_a_gift_shops_months_are_exact(online_retail: Warehouse) -> None:
    """Orders, refunds, units, money and the average order value of 25 months."""
    found, expected = months(online_retail), truth("online_retail", "by_month")
    assert len(found) == len(expected) == 25
    for month in expected:
        row = found[month["month"]]
        assert row["order_count"] == month["orders"]
        assert row["refund_count"] == month["refunds"]
        assert row["unit_count"] == month["units"]
        assert row["returned_unit_count"] == month["returned_units"]
        assert float(row["gross_sales_amount_base"]) == money(month["gross_sales"])
        assert float(row["event_dated_returns_amount_base"]) == money(month["returns"])
        assert float(row["event_dated_net_sales_amount_base"]) == money(
            month["net_sales"]
        )
        assert row["average_order_value"] == ratio(month["aov"])
        assert row["units_per_order"] == ratio(month["items_per_order"])


def test_a_gift_shops_growth_over_the_year_is_exact(online_retail: Warehouse) -> None:
    """The open month is compared with nine days of December, not with all of it."""
    found = months(online_retail)
    expected = {row["month"]: row for row in truth("online_retail", "by_month")}
    complete = [name for name, row in expected.items() if row["complete"]]
    for month in complete:
        growth = expected[month]["yoy_net"]
        known = None if growth is None else ratio(growth)
        assert found[month]["prior_year_net_sales_growth_rate"] == known
    assert [name for name, row in found.items() if not row["is_complete"]] == [
        "2011-12"
    ]


def test_a_gift_shops_countries_are_exact(online_retail: Warehouse) -> None:
    """Every country's orders and refunds; money from the facts, not from rounded rows."""
    found = {
        row["country_name"]: row
        for row in online_retail.rows(
            """
            select
                country_name,
                sum(orders) as orders,
                sum(refunds) as refunds,
                sum(gross) as gross,
                sum(returned) as returned
            from (
                select country_name, 1 as orders, 0 as refunds,
                    gross_amount_base as gross, 0 as returned
                from marts.fct_orders
                union all
                select country_name, 0, 1, 0, returned_amount_base
                from marts.fct_refunds
            )
            group by country_name
            """
        )
    }
    expected = truth("online_retail", "by_country")
    assert found.keys() == {row["country"] for row in expected}
    for country in expected:
        row = found[country["country"]]
        assert row["orders"] == country["orders"]
        assert row["refunds"] == country["refunds"]
        assert float(row["gross"]) == money(country["gross_sales"])
        assert float(row["returned"]) == money(country["returns"])


def test_a_gift_shops_hours_and_totals_are_exact(online_retail: Warehouse) -> None:
    """London's wall clock, two changes of the clock a year."""
    found = {
        hour: (orders, refunds)
        for hour, orders, refunds in online_retail.query(
            "select sales_hour, sum(order_count), sum(refund_count) "
            "from kpis.kpi_sales_hourly group by sales_hour"
        )
    }
    expected = truth("online_retail", "by_hour")
    assert found == {row["hour"]: (row["orders"], row["refunds"]) for row in expected}
    totals = truth("online_retail", "totals")[0]
    orders = online_retail.rows(
        "select sum(gross_amount) as gross, sum(gift_card_amount) as gift_cards, "
        "sum(shipping_amount) as shipping, count(*) filter (is_guest) as guests "
        "from marts.fct_orders"
    )[0]
    assert float(orders["gross"]) == money(totals["gross_sales"])
    assert float(orders["gift_cards"]) == money(totals["gift_card_sales"])
    assert float(orders["shipping"]) == money(totals["shipping"])
    assert orders["guests"] == totals["guest_orders"]


def test_a_grocers_months_are_exact(completejourney: Warehouse) -> None:
    """Gross, discount, net and units of a year with coupons."""
    found, expected = months(completejourney), truth("completejourney", "by_month")
    assert found.keys() == {row["month"] for row in expected}
    for month in expected:
        row = found[month["month"]]
        assert row["order_count"] == month["orders"]
        assert row["unit_count"] == month["units"]
        assert float(row["gross_sales_amount_base"]) == money(month["gross_sales"])
        assert float(row["discount_amount_base"]) == money(month["discount"])
        assert float(row["event_dated_net_sales_amount_base"]) == money(
            month["net_sales"]
        )
        assert row["average_order_value"] == ratio(month["aov"])


def test_a_grocers_totals_are_exact(completejourney: Warehouse) -> None:
    """Prices of six decimals alone would be six cents short of what was charged."""
    totals = truth("completejourney", "totals")[0]
    row = completejourney.rows(
        "select count(*) as orders, sum(line_count) as lines, sum(unit_count) as units, "
        "sum(gross_amount) as gross, sum(discount_amount) as discount, "
        "count(distinct customer_id) as households from marts.fct_orders"
    )[0]
    assert row["orders"] == totals["orders"]
    assert row["lines"] == totals["lines"]
    assert row["units"] == totals["units"]
    assert row["households"] == totals["households"]
    assert float(row["gross"]) == money(totals["gross_sales"])
    assert float(row["gross"] - row["discount"]) == money(totals["net_sales"])
