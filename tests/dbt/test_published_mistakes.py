"""The mistakes that published KPI models make: each would show in these numbers.

Each test first finds data on which the mistake gives another number; without it the
test would prove nothing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

Query = Callable[[str], list[tuple]]


@pytest.fixture(scope="module")
def query(built_warehouse: Path) -> Iterator[Query]:
    """Return a function that asks the built warehouse."""
    with duckdb.connect(str(built_warehouse), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def column_names(query: Query, table: str) -> set[str]:
    """Return the columns of a KPI table."""
    return {name for name, *_ in query(f"describe kpis.{table}")}


def test_bounce_rate_as_impressions_minus_a_ratio(query: Query) -> None:
    """Without brackets 1,000 impressions and 50 clicks bounce by 999.95."""
    assert query("select 1 from kpis.kpi_sessions where engagement_rate > 0 limit 1")
    assert not query(
        """
        select * from kpis.kpi_sessions
        where
            abs(bounce_rate - bounced_session_count / session_count) > 1e-9
            or abs(bounce_rate + engagement_rate - 1) > 1e-9
            or bounce_rate not between 0 and 1
        """
    )
    # A click has no bounce: an ad's is its visit's.
    assert "bounce_rate" not in column_names(query, "kpi_ad_performance")


def test_spend_of_several_currencies_in_one_sum(query: Query) -> None:
    """Ten euros and ten liras of spend would be twenty of nothing."""
    in_several = query(
        """
        select spend_amount, spend_amount_base, unconverted_count
        from kpis.kpi_ad_performance where currency is null
        """
    )
    assert in_several
    assert all(native is None and base is not None for native, base, _ in in_several)
    [(of_campaigns, of_days)] = query(
        """
        select
            (
                select sum(spend_amount_base) from kpis.kpi_ad_performance
                where period_type = 'month' and scope_type = 'total'
            ),
            (select sum(spend_amount_base) from marts.fct_ad_performance_daily)
        """
    )
    # The rows of the table are rounded to the cent.
    assert abs(of_campaigns - of_days) < 1


def test_probability_in_percent_times_amount(query: Query) -> None:
    """The CRMs' percents would make the pipeline a hundred times richer."""
    assert query("select 1 from marts.fct_deals where stage_probability > 0 limit 1")
    assert not query(
        "select * from marts.fct_deals where stage_probability not between 0 and 1"
    )
    rows = query(
        """
        select open_amount_base, weighted_amount_base, measured_weighted_amount_base
        from kpis.kpi_pipeline_coverage
        where period_type = 'all' and scope_type = 'total'
        """
    )
    assert rows
    for open_amount, weighted, measured in rows:
        assert 0 < weighted < open_amount
        assert 0 < measured < open_amount


def test_zero_for_an_unknown_win_rate(query: Query) -> None:
    """Nothing closed would look like everything lost, in one table and not in another."""
    found = query(
        """
        select 'win rate' as place, closed_count, won_count, win_rate
        from kpis.kpi_win_rate_monthly
        union all
        select 'velocity' as place, won_count + lost_count, won_count, win_rate
        from kpis.kpi_sales_velocity
        """
    )
    for place, closed, won, rate in found:
        assert (rate is None) == (closed == 0), place
        assert (rate == 0) == (closed > 0 and won == 0), place
    assert {rate for *_, rate in found} >= {None, 0}


def test_win_rate_that_open_deals_dilute(query: Query) -> None:
    """Won among all deals falls as the pipeline grows."""
    [(won, closed, published)] = query(
        """
        select sum(won_count), sum(closed_count), sum(win_rate * closed_count)
        from kpis.kpi_win_rate_monthly
        where period_type = 'month' and scope_type = 'total'
        """
    )
    [(stated_won, stated_closed, open_deals)] = query(
        """
        select
            count(*) filter (where is_won and close_date <= snapshot_date),
            count(*) filter (where (is_won or is_lost) and close_date <= snapshot_date),
            count(*) filter (where is_open)
        from marts.fct_deals
        cross join (select max(snapshot_date) as snapshot_date from kpis.kpi_funnel)
        """
    )
    assert open_deals > 0
    assert (won, closed) == (stated_won, stated_closed)
    assert abs(published - won) < 1e-6


def test_value_weighted_win_rate_under_the_same_name(query: Query) -> None:
    """Two tables would publish two answers to one question."""
    different = query(
        """
        select 1 from kpis.kpi_win_rate_monthly
        where abs(win_rate - value_win_rate) > 0.01
        limit 1
        """
    )
    assert different
    assert not query(
        """
        select 1 from kpis.kpi_win_rate_monthly
        where
            abs(win_rate - won_count / closed_count) > 1e-9
            or abs(value_win_rate - won_amount_base / closed_amount_base) > 1e-9
        """
    )


def test_promotion_as_a_hire(query: Query) -> None:
    """A worker with one promotion would be two new employees."""
    assert query(
        """
        select person_key from marts.dim_people_history
        group by person_key having count(distinct job_title) > 1
        """
    )
    # Nobody is hired again who has not left.
    per_worker = query(
        """
        select
            count(*) filter (where change_type = 'hire'),
            count(*) filter (where change_type = 'separation')
        from marts.fct_headcount_changes
        where scope_type = 'total'
        group by person_key
        """
    )
    assert {hires - separations for hires, separations in per_worker} == {0, 1}
    published = query(
        """
        select sum(hire_count) from kpis.kpi_headcount_bridge_monthly
        where period_type = 'month' and scope_type = 'total'
        """
    )
    assert published == [(sum(hires for hires, _ in per_worker),)]


def test_leavers_out_of_the_denominator(query: Query) -> None:
    """Who left would be divided by those who stayed: half gone looks like all gone."""
    compared = query(
        """
        select
            headcounts.average_headcount,
            bridge.closing_headcount_count,
            turnover.turnover_rate,
            bridge.separation_count
        from kpis.kpi_headcount_bridge_monthly as bridge
        inner join kpis.kpi_headcount_monthly as headcounts
            using (period_type, headcount_month, scope_type, scope_name)
        inner join kpis.kpi_turnover_monthly as turnover
            using (period_type, headcount_month, scope_type, scope_name)
        where
            -- A hidden row's figures are NULL.
            bridge.separation_count > 0
            and turnover.turnover_rate is not null
            and bridge.hire_count = 0
            and bridge.transfer_in_count = 0
            and bridge.aged_in_count = 0
        """
    )
    assert compared
    assert all(average >= closing for average, closing, _, _ in compared)
    assert any(average > closing for average, closing, _, _ in compared)
    for average, _, rate, separations in compared:
        assert rate == pytest.approx(separations / average)


def test_churned_customers_out_of_the_denominator(query: Query) -> None:
    """Two of ten who left would be a quarter of the eight who are still active."""
    found = query(
        """
        select judged_customer_count, churned_customer_count, churn_rate
        from kpis.kpi_customer_churn
        """
    )
    assert any(0 < churned < judged for judged, churned, _ in found)
    for judged, churned, rate in found:
        assert churned <= judged
        assert rate == (pytest.approx(churned / judged) if judged else None)
    # Everyone with a usual interval is judged, whether he is still here or not.
    assert query(
        """
        select sum(judged_customer_count), sum(churned_customer_count)
        from kpis.kpi_customer_churn where scope_type = 'total'
        """
    ) == query(
        """
        select count(*), count(*) filter (where is_churned)
        from intermediate.int_buyer_gaps where limit_type <> 'none'
        """
    )


def test_spend_joined_to_conversions_only(query: Query) -> None:
    """A campaign that sold nothing would vanish, and the rest look twice as good."""
    kept = query(
        """
        select attributed_return_on_ad_spend
        from kpis.kpi_ad_attributed_roas_monthly
        where
            scope_type = 'utm_campaign'
            and spend_amount_base > 0
            and attributed_order_count = 0
        """
    )
    assert kept
    assert {rate for (rate,) in kept} == {0}
    assert not query(
        """
        select period_type, spend_month
        from kpis.kpi_ad_attributed_roas_monthly
        group by period_type, spend_month
        having
            abs(
                sum(spend_amount_base) filter (where scope_type = 'total')
                - sum(spend_amount_base) filter (where scope_type = 'utm_campaign')
            ) > 0.01 * count(*)
        """
    )


def test_returns_of_two_days_under_one_name(query: Query) -> None:
    """Revenue by the day of the order and of the refund differ: the name says which."""
    assert query("select 1 from marts.fct_refunds where refund_date > order_date")
    columns = column_names(query, "kpi_sales")
    assert "net_sales_amount_base" not in columns
    for basis, day in (("event_dated", "refund_date"), ("order_dated", "order_date")):
        assert f"{basis}_net_sales_amount_base" in columns
        assert not query(
            f"""
            select sales.period_start_date
            from kpis.kpi_sales as sales
            left join (
                select {day} as day, sum(returned_amount_base) as returned_amount
                from marts.fct_refunds group by {day}
            ) as refunds on sales.period_start_date = refunds.day
            where
                sales.period_type = 'day'
                and sales.scope_type = 'total'
                and abs(
                    sales.{basis}_returns_amount_base
                    - coalesce(refunds.returned_amount, 0)
                ) > 0.01
            """
        )


def test_order_value_of_a_lifetime_dated_by_the_first_order(query: Query) -> None:
    """A customer's later orders would raise the month in which he came."""
    assert query(
        """
        select customer_id from marts.fct_orders
        group by customer_id
        having count(distinct date_trunc('month', order_date)) > 1
        limit 1
        """
    )
    assert not query(
        """
        select * from kpis.kpi_sales
        where
            order_count > unconverted_order_count
            and abs(
                average_order_value
                - event_dated_net_sales_amount_base
                / (order_count - unconverted_order_count)
            ) > 0.01
        """
    )


def test_human_capital_roi_of_the_whole_expense(query: Query) -> None:
    """500, 300 and 150 give 233 %: people cost is not an expense to take off twice."""
    found = query(
        """
        select
            human_capital_roi,
            revenue_amount_base,
            operating_expense_amount_base,
            people_cost_amount_base
        from kpis.kpi_human_capital_roi_monthly
        where human_capital_roi is not null
        """
    )
    assert found
    for rate, revenue, expense, people in found:
        assert rate == pytest.approx(float((revenue - (expense - people)) / people))


def test_full_churn_as_contraction(query: Query) -> None:
    """100 → 0 is no smaller subscription, 0 → 50 no bigger one, and nobody just ends."""
    movements = (
        "select distinct movement_type from marts.fct_subscription_months where "
    )
    assert query(f"{movements} closing_amount = 0") == [("churn",)]
    assert set(query(f"{movements} opening_amount = 0")) == {
        ("new",),
        ("reactivation",),
    }
    assert ("contraction",) in query(f"{movements} closing_amount > 0")
    # Whoever paid in a month has a row in the next one, and be it that of his leaving.
    assert not query(
        """
        select paid.*
        from marts.fct_subscription_months as paid
        left join marts.fct_subscription_months as next_month
            on paid.subscriber_key = next_month.subscriber_key
            and paid.plan_name = next_month.plan_name
            and paid.currency = next_month.currency
            and next_month.period_type = 'month'
            and next_month.period_start_date
            = paid.period_start_date + interval 1 month
        where
            paid.period_type = 'month'
            and paid.is_complete
            and paid.closing_amount > 0
            and next_month.opening_amount is distinct from paid.closing_amount
        """
    )
