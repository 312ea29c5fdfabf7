"""A British gift shop, loaded and built like any other, against numbers that others computed."""

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

# What the gift shop's numbers on customers are compared with.
CUSTOMER_KPIS = (
    "+kpi_customer_value_cohorts_monthly",
    "+kpi_purchase_interval",
    "+kpi_purchase_interval_survival",
    "+kpi_repeat_purchase",
    "+kpi_rfm",
)

pytestmark = needs_real_data


@pytest.fixture(scope="module")
def online_retail(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the British gift shop: two years, guests, refunds without an order."""
    directory = tmp_path_factory.mktemp("online_retail")
    return built(directory, "online_retail", *CUSTOMER_KPIS)


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


# How each table of the gift shop slices orders and refunds, and under which key.
SLICES = {
    "totals": ("'all'", "scope"),
    "by_month": ("strftime(day, '%Y-%m')", "month"),
    "by_country": ("country_name", "country"),
    "by_hour": ("hour", "hour"),
    "by_iso_weekday": ("isodow(day)", "iso_weekday"),
    "by_day_dst_windows": ("day", "day"),
}
EXACT = ("orders", "refunds", "customers", "guest_orders", "units", "returned_units")
MONEY = ("gross_sales", "returns", "gift_card_sales", "shipping")


@pytest.mark.parametrize("table", SLICES)
def test_a_gift_shops_slices_are_exact(online_retail: Warehouse, table: str) -> None:
    """Every count and amount of every country, month, weekday and hour of London.

    Two of the days are those on which the clock changes.
    """
    expression, key = SLICES[table]
    found = {
        str(row["slice"]): row
        for row in online_retail.rows(
            f"""
            select
                {expression} as slice,
                count(order_key) as orders,
                count(refund_key) as refunds,
                count(distinct user_id) filter (order_key is not null) as customers,
                count(*) filter (is_guest) as guest_orders,
                sum(units) as units,
                sum(returned_units) as returned_units,
                sum(gross) as gross_sales,
                sum(returned) as returns,
                sum(gift_cards) as gift_card_sales,
                sum(shipping) as shipping
            from (
                select
                    order_key,
                    null as refund_key,
                    user_id,
                    is_guest,
                    country_name,
                    ordered_hour as hour,
                    order_date as day,
                    unit_count as units,
                    0 as returned_units,
                    gross_amount_base as gross,
                    0 as returned,
                    gift_card_amount_base as gift_cards,
                    shipping_amount_base as shipping
                from marts.fct_orders
                union all
                select
                    null, refund_key, user_id, false, country_name, refunded_hour,
                    refund_date, 0, returned_unit_count, 0, returned_amount_base, 0, 0
                from marts.fct_refunds
            )
            group by slice
            """
        )
    }
    expected = truth("online_retail", table)
    for row in expected:
        # A day without sales has no row here and zeros there.
        sliced = found.pop(str(row[key]), dict.fromkeys((*EXACT, *MONEY), 0))
        assert {name: sliced[name] for name in EXACT} == {
            name: row[name] for name in EXACT
        }
        for name in MONEY:
            assert float(sliced[name]) == money(row[name])
        cancelled = row["cancellation_rate"]
        if cancelled is not None:
            assert sliced["refunds"] / sliced["orders"] == ratio(cancelled)
    # The days are a choice, everything else is all there is.
    assert not found or table == "by_day_dst_windows"


def test_a_gift_shops_days_and_hours_are_published(online_retail: Warehouse) -> None:
    """The KPI tables say what the facts say, without a sale on the wrong side of three."""
    hours = {
        row["sales_hour"]: row
        for row in online_retail.rows(
            "select sales_hour, sum(order_count) as orders, "
            "sum(refund_count) as refunds, sum(unit_count) as units "
            "from kpis.kpi_sales_hourly group by sales_hour"
        )
    }
    for hour in truth("online_retail", "by_hour"):
        found = hours[hour["hour"]]
        assert found["orders"] == hour["orders"]
        assert found["refunds"] == hour["refunds"]
        assert found["units"] == hour["units"]
    days = {
        f"{row['period_start_date']}": row
        for row in online_retail.rows(
            "select * from kpis.kpi_sales "
            "where period_type = 'day' and scope_type = 'total'"
        )
    }
    for day in truth("online_retail", "by_day_dst_windows"):
        found = days[day["day"]]
        assert found["order_count"] == day["orders"]
        assert found["refund_count"] == day["refunds"]
        assert found["unit_count"] == day["units"]
        assert float(found["gross_sales_amount_base"]) == money(day["gross_sales"])
        assert float(found["event_dated_returns_amount_base"]) == money(day["returns"])
        expected = None if day["aov"] is None else ratio(day["aov"])
        assert found["average_order_value"] == expected


def test_a_gift_shops_products_are_exact(online_retail: Warehouse) -> None:
    """The hundred that sell best, their returns, and how much the first ten are."""
    found = {
        row["scope_name"]: row
        for row in online_retail.rows(
            """
            select
                scope_name,
                sum(gross_sales_amount_base) as gross,
                sum(unit_count) as units,
                sum(order_count) as orders,
                sum(event_dated_returns_amount_base) as returns,
                sum(returned_unit_count) as returned_units
            from kpis.kpi_sales
            where period_type = 'year' and scope_type = 'product'
            group by scope_name
            """
        )
    }
    for product in truth("online_retail", "products_top_100_by_gross"):
        row = found[product["sku"]]
        assert row["units"] == product["units"]
        assert row["orders"] == product["orders"]
        assert row["returned_units"] == product["returned_units"]
        # Three years, each rounded to the cent.
        for name in ("gross", "returns"):
            assert float(row[name]) == pytest.approx(product[name], abs=3 * CENT)
    [expected] = truth("online_retail", "products_count")
    sold = online_retail.query(
        "select sum(gross_amount_base) as gross from marts.fct_order_lines "
        "where line_type = 'product' group by sku order by gross desc"
    )
    assert len(sold) == expected["skus_sold"]
    amounts = [amount for (amount,) in sold]
    first_ten = float(sum(amounts[:10]) / sum(amounts))
    assert first_ten == ratio(expected["top_10_share_of_gross"])


def test_a_gift_shops_new_and_returning_customers_are_exact(
    online_retail: Warehouse,
) -> None:
    """A customer is new on the day of his first order, with all he orders on it."""
    found = {
        row["month"]: row
        for row in online_retail.rows(
            """
            select
                strftime(orders.order_date, '%Y-%m') as month,
                count(distinct customer_key) filter (purchase_number = 1) as newcomers,
                sum(gross_amount_base) filter (purchase_number = 1) as newly,
                sum(gross_amount_base) filter (purchase_number > 1) as again
            from marts.fct_orders as orders
            inner join marts.fct_customer_orders using (order_key)
            where not is_guest
            group by month
            """
        )
    }
    for month in truth("online_retail", "by_month"):
        row = found[month["month"]]
        assert row["newcomers"] == month["new_customers"]
        assert float(row["newly"]) == money(month["gross_new"])
        assert float(row["again"] or 0) == money(month["gross_returning"])


def test_a_gift_shops_repeat_purchases_are_exact(online_retail: Warehouse) -> None:
    """K83: of customers with an account, since a guest is another one each time."""
    found = {
        row["window_days"]: row
        for row in online_retail.rows(
            "select * from kpis.kpi_repeat_purchase "
            "where scope_type = 'account' and scope_name = 'account'"
        )
    }
    for window in truth("online_retail", "repeat_rate"):
        if window["days"] == "ever":
            continue
        row = found[window["days"]]
        assert row["mature_customer_count"] == window["customers"]
        assert row["repeat_customer_count"] == window["repeaters"]
        assert row["repeat_purchase_rate"] == ratio(window["rate"])


KNOWN = """
    select customer_key, min(orders.order_date) as first_date
    from marts.fct_customer_orders
    inner join marts.fct_orders as orders using (order_key)
    where not is_guest
    group by customer_key
"""


def test_a_gift_shops_customers_are_exact(online_retail: Warehouse) -> None:
    """K89: recency in days, and who ever came back."""
    [row] = online_retail.rows(
        f"""
        select
            count(*) as customers,
            count(*) filter (purchase_count = 1) as once,
            avg(recency_days) as mean,
            quantile_cont(recency_days, [0.2, 0.4, 0.6, 0.8, 0.99]) as quantiles
        from kpis.kpi_rfm inner join ({KNOWN}) using (customer_key)
        """
    )
    [customers] = truth("online_retail", "customers")
    assert row["customers"] == customers["customers"]
    assert row["once"] == customers["one_order_day"]
    [ever] = [
        one for one in truth("online_retail", "repeat_rate") if one["days"] == "ever"
    ]
    assert row["customers"] - row["once"] == ever["repeaters"]
    metrics = {each["metric"]: each for each in truth("online_retail", "rfm_tie_free")}
    measured = {"recency_days": (row["mean"], row["quantiles"])}
    for metric, expression in (
        ("orders", "count(*)"),
        ("gross", "cast(sum(gross_amount_base) as double)"),
    ):
        [found] = online_retail.query(
            f"""
            select avg(value), quantile_cont(value, [0.2, 0.4, 0.6, 0.8, 0.99])
            from (
                select {expression} as value
                from marts.fct_orders where not is_guest group by user_id
            )
            """
        )
        measured[metric] = found
    for metric, (mean, quantiles) in measured.items():
        expected = metrics[metric]
        assert mean == ratio(expected["mean"])
        parts = ("p20", "p40", "p60", "p80", "p99")
        assert quantiles == pytest.approx([expected[part] for part in parts])
    strangers = online_retail.query(
        "select count(distinct user_id) from marts.fct_refunds where user_id not in "
        "(select user_id from marts.fct_orders where user_id is not null)"
    )
    assert strangers == [(customers["refund_customers_without_order"],)]


def test_a_gift_shops_gaps_between_purchases_are_exact(
    online_retail: Warehouse,
) -> None:
    """K84: 27,026 gaps, and Kaplan and Meier's curve with those still open."""
    [row] = online_retail.rows(
        "select * from kpis.kpi_purchase_interval "
        "where scope_type = 'account' and scope_name = 'account'"
    )
    [expected] = truth("online_retail", "inter_purchase")
    assert row["closed_gap_count"] == expected["gaps"]
    assert row["mean_gap_days"] == ratio(expected["mean"])
    assert row["median_gap_days"] == expected["median"]
    assert row["ninetieth_gap_days"] == expected["p90"]
    # The truth leaves out gaps that are open since today, of no length yet.
    [(today,)] = online_retail.query(
        f"select count(*) from kpis.kpi_rfm inner join ({KNOWN}) using (customer_key) "
        "where recency_days = 0"
    )
    assert row["open_gap_count"] - today == expected["open_gaps"]
    curve = expected["km"]
    [(quarter, half, three_quarters, end)] = online_retail.query(
        """
        select
            min(gap_days) filter (waiting_share <= 0.75),
            min(gap_days) filter (waiting_share <= 0.5),
            min(gap_days) filter (waiting_share <= 0.25),
            min(waiting_share)
        from kpis.kpi_purchase_interval_survival
        where scope_type = 'account' and scope_name = 'account'
        """
    )
    assert (quarter, half, three_quarters) == (
        curve["S<=0.75"],
        curve["S<=0.5"],
        curve["S<=0.25"],
    )
    assert row["survival_median_gap_days"] == half
    assert end == ratio(curve["S_end"])


def test_a_gift_shops_cohorts_are_exact(online_retail: Warehouse) -> None:
    """K82: who stays and what he is worth, 24 cohorts over up to 24 months."""
    found = {
        (f"{row['cohort_month']:%Y-%m}", row["month_number"]): row
        for row in online_retail.rows(
            "select * from kpis.kpi_customer_value_cohorts_monthly "
            "where period_type = 'month' "
            "and scope_type = 'account' and scope_name = 'account'"
        )
    }
    expected = truth("online_retail", "cohort_triangle")
    assert len(found) == len(expected) == 300
    for cell in expected:
        row = found[(cell["cohort"], cell["month_offset"])]
        assert row["customer_count"] == cell["cohort_size"]
        assert row["active_customer_count"] == cell["active"]
        assert row["retention_rate"] == ratio(cell["retention"])
        worth = cell["cum_gross_per_customer"] * cell["cohort_size"]
        assert float(row["sales_amount_base"]) == money(worth)


def test_a_gift_shops_value_after_so_many_days_is_exact(
    online_retail: Warehouse,
) -> None:
    """K81: refunds name no order; they are taken off the customer they name."""
    for window in truth("online_retail", "historic_ltv_days"):
        [(customers, gross, net)] = online_retail.query(
            f"""
            select
                count(distinct customers.customer_key),
                sum(sales_amount_base) / count(distinct customers.customer_key),
                sum(net_value_amount_base) / count(distinct customers.customer_key)
            from ({KNOWN}) as customers
            inner join intermediate.int_customer_value_days as days
                on customers.customer_key = days.customer_key
                and days.value_date >= first_date
                and days.value_date < first_date + {window["days"]}
            where date '2011-12-09' - first_date >= {window["days"]}
            """
        )
        assert customers == window["customers"]
        assert gross == ratio(window["ltv_gross"])
        assert net == ratio(window["ltv_net"])


def test_a_gift_shops_naive_forecast_is_exact(online_retail: Warehouse) -> None:
    """K13: what last year's months, beside this year's in the table, would have missed."""
    [expected] = truth("online_retail", "seasonal_naive_baseline")
    found = months(online_retail)
    rows = [found[month] for month in expected["months"]]
    actual = [float(row["event_dated_net_sales_amount_base"]) for row in rows]
    naive = [float(row["prior_year_net_sales_amount_base"]) for row in rows]
    assert actual == pytest.approx(expected["actual"], abs=CENT)
    assert naive == pytest.approx(expected["forecast"], abs=CENT)
    errors = [guess - came for guess, came in zip(naive, actual, strict=True)]
    missed = sum(map(abs, errors))
    # Of amounts that are rounded to the cent.
    assert missed / sum(actual) == pytest.approx(expected["wape"], abs=1e-7)
    assert sum(errors) / sum(actual) == pytest.approx(expected["bias"], abs=1e-7)
