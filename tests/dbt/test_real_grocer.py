"""An American grocer, loaded and built like any other, against numbers that others computed."""

import pytest

from tests.dbt.real_shops import (
    CENT,
    built,
    money,
    months,
    needs_real_data,
    ratio,
    truth,
)
from tests.dbt.warehouses import Warehouse

pytestmark = needs_real_data


@pytest.fixture(scope="module")
def completejourney(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the American grocer: discounts and prices of fractions of a cent."""
    return built(tmp_path_factory.mktemp("completejourney"), "completejourney")


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


GROCER_SLICES = {
    "by_month": ("strftime(order_date, '%Y-%m')", "month"),
    "by_week": ("strftime(order_date, '%G-W%V')", "week"),
    "by_hour": ("ordered_hour", "hour"),
    "by_wd": ("isodow(order_date)", "wd"),
    "by_store_id": ("replace(affiliation_name, 'store ', '')", "store_id"),
}


@pytest.mark.parametrize("table", GROCER_SLICES)
def test_a_grocers_slices_are_exact(completejourney: Warehouse, table: str) -> None:
    """293 stores, 54 ISO weeks of two years, 24 hours: households are counted anew in each."""
    expression, key = GROCER_SLICES[table]
    found = {
        str(row["slice"]): row
        for row in completejourney.rows(
            f"""
            select
                slice,
                sum(orders) as orders,
                count(*) as households,
                count(*) filter (orders > 1) as multi,
                sum(lines) as lines,
                sum(units) as units,
                sum(gross) as gross_sales,
                sum(discount) as discount
            from (
                select
                    {expression} as slice,
                    customer_id,
                    count(*) as orders,
                    sum(line_count) as lines,
                    sum(unit_count) as units,
                    sum(gross_amount_base) as gross,
                    sum(discount_amount_base) as discount
                from marts.fct_orders
                group by slice, customer_id
            )
            group by slice
            """
        )
    }
    expected = truth("completejourney", table)
    assert found.keys() == {str(row[key]) for row in expected}
    for row in expected:
        sliced = found[str(row[key])]
        for name in ("orders", "households", "multi", "lines", "units"):
            assert sliced[name] == row[name]
        for name in ("gross_sales", "discount"):
            assert float(sliced[name]) == money(row[name])


@pytest.mark.parametrize(
    ("table", "column", "key"),
    [
        ("by_department", "category_name", "department"),
        ("by_brand", "brand_name", "brand"),
    ],
    ids=["department", "brand"],
)
def test_a_grocers_lines_are_exact(
    completejourney: Warehouse, table: str, column: str, key: str
) -> None:
    """Departments and brands: a basket counts once in each that it has lines of."""
    found = {
        row["slice"]: row
        for row in completejourney.rows(
            f"""
            select
                coalesce(nullif({column}, ''), '(null)') as slice,
                count(*) as lines,
                count(distinct order_key) as orders,
                count(distinct customer_id) as households,
                sum(quantity) as units,
                sum(lines.gross_amount_base) as gross
            from marts.fct_order_lines as lines
            inner join marts.fct_orders using (order_key)
            group by slice
            """
        )
    }
    expected = truth("completejourney", table)
    assert found.keys() == {row[key] for row in expected}
    for row in expected:
        sliced = found[row[key]]
        for name in ("lines", "orders", "households", "units"):
            assert sliced[name] == row[name]
        assert float(sliced["gross"]) == pytest.approx(
            row["gross_sales"], abs=10 * CENT
        )
