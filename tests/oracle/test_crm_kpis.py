"""The CRM's KPIs, K91 to K105, against an independent and obvious computation.

The oracle reads the data directory only and shares no code with the models: where both
agree, a figure is right or wrong for the same understood reason.
"""

from tests.oracle import (
    activity_kpis,
    closing_kpis,
    comparison_kpis,
    deal_kpis,
    forecast_kpis,
    pipeline_kpis,
    subscriptions,
)
from tests.oracle.activity_kpis import Activities
from tests.oracle.comparison import Warehouse, assert_same
from tests.oracle.crm import Crm
from tests.oracle.deal_kpis import DealEvents

# Published at six decimals, because sums of doubles depend on the order of the rows.
MINUTES = frozenset(
    f"{name}_minutes" for name in ("meeting", "call", "email", "total", "estimated")
) | {"estimated_share"}
DWELLS = frozenset(
    (
        "median_dwell_days",
        "average_completed_dwell_days",
        "won_median_dwell_days",
        "median_to_won_ratio",
        "total_dwell_days",
        "dwell_share",
    )
)
MONTHLY = ("period_type", "closed_month", "scope_key")


def test_deals_per_period(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K9, K91, K92, K95: deals created, won and lost, their growth and mix."""
    key = ("period_type", "period_start_date", "scope_key")
    expected = deal_kpis.kpi_deals(deal_events)
    assert_same(expected, warehouse.rows("kpi_deals", key))
    mix = deal_kpis.kpi_won_mix(expected)
    assert_same(mix, warehouse.rows("kpi_won_mix", key))


def test_lost_deals_by_reason(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K92: a reason would be blamed for deals that it did not lose."""
    key = ("period_type", "closed_month", "lost_reason", "scope_key")
    expected = deal_kpis.kpi_lost_deals_monthly(deal_events)
    assert_same(expected, warehouse.rows("kpi_lost_deals_monthly", key))


def test_win_rate(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K93: open deals in the denominator would make growth look like failure."""
    expected = closing_kpis.kpi_win_rate_monthly(deal_events)
    assert_same(expected, warehouse.rows("kpi_win_rate_monthly", MONTHLY))


def test_win_rate_of_cohorts(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K93, cohorts: immature cohorts would be compared with mature ones."""
    key = ("period_type", "created_month", "scope_key")
    expected = closing_kpis.kpi_win_rate_cohort_monthly(deal_events)
    assert_same(expected, warehouse.rows("kpi_win_rate_cohort_monthly", key))


def test_days_to_close(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K94: days in UTC, or error rows in the mean, would distort the cycle."""
    key = ("period_type", "closed_month", "outcome_status", "scope_key")
    expected = closing_kpis.kpi_days_to_close_monthly(deal_events)
    assert_same(expected, warehouse.rows("kpi_days_to_close_monthly", key))


def test_regions_against_the_others(
    warehouse: Warehouse, deal_events: DealEvents
) -> None:
    """K91: a region compared with a mean that contains itself."""
    key = ("period_type", "closed_month", "region_name")
    expected = comparison_kpis.kpi_region_comparison_monthly(deal_events)
    assert_same(expected, warehouse.rows("kpi_region_comparison_monthly", key))


def test_meetings(warehouse: Warehouse, activities: Activities) -> None:
    """K96: a rescheduled meeting would count twice, a target be missing as zero."""
    key = ("period_type", "activity_month", "scope_key")
    expected = activity_kpis.kpi_meetings_monthly(activities)
    assert_same(
        expected,
        warehouse.rows("kpi_meetings_monthly", key),
        frozenset(["booked_target_to_date"]),
    )


def test_open_deals_by_age(warehouse: Warehouse, crm: Crm) -> None:
    """K97: ages of deals and of stages would be mixed up."""
    key = ("age_type", "age_bucket_number", "vendor", "pipeline_id", "stage_id", "scope_key")  # fmt: skip
    expected = pipeline_kpis.kpi_open_deals(crm)
    assert_same(expected, warehouse.rows("kpi_open_deals", key))


def test_weeks_of_the_month(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K98: a partial week would be compared with a whole one, unsaid."""
    key = ("period_type", "calendar_month", "week_number", "scope_key")
    expected = comparison_kpis.kpi_deals_weekly_of_month(deal_events)
    assert_same(expected, warehouse.rows("kpi_deals_weekly_of_month", key))


def test_time_per_customer(warehouse: Warehouse, activities: Activities) -> None:
    """K99: overlapping meetings would count twice."""
    key = ("period_type", "activity_month", "employee_key", "company_key")
    expected = activity_kpis.kpi_customer_time_monthly(activities)
    assert_same(expected, warehouse.rows("kpi_customer_time_monthly", key), MINUTES)


def test_stage_conversion(warehouse: Warehouse, crm: Crm) -> None:
    """K100: skipped stages would lose deals, backward moves gain them."""
    key = (
        "period_type",
        "entered_month",
        "vendor",
        "pipeline_id",
        "stage_id",
        "scope_key",
    )
    expected = pipeline_kpis.kpi_stage_conversion(crm)
    assert_same(expected, warehouse.rows("kpi_stage_conversion", key))


def test_funnel(warehouse: Warehouse, crm: Crm) -> None:
    """K100, snapshot: the stage `closedwon` would be taken for won."""
    key = ("vendor", "pipeline_id", "stage_id", "scope_key")
    expected = pipeline_kpis.kpi_funnel(crm)
    assert_same(expected, warehouse.rows("kpi_funnel", key))


def test_stage_dwell(warehouse: Warehouse, crm: Crm) -> None:
    """K101: deals still in a stage would be left out of its median."""
    key = ("vendor", "pipeline_id", "stage_id", "scope_key")
    expected = pipeline_kpis.kpi_stage_dwell(crm)
    assert_same(expected, warehouse.rows("kpi_stage_dwell", key), DWELLS)


def test_run_rate(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K102: the pace would count weekends."""
    key = ("period_type", "calendar_month", "scope_key")
    expected = forecast_kpis.kpi_sales_run_rate(deal_events)
    assert_same(expected, warehouse.rows("kpi_sales_run_rate", key))


def test_pipeline_coverage(
    warehouse: Warehouse, crm: Crm, deal_events: DealEvents
) -> None:
    """K103: a probability in percent would make the pipeline a hundred times richer."""
    key = ("period_type", "period_start_date", "scope_key")
    expected = forecast_kpis.kpi_pipeline_coverage(crm, deal_events)
    assert_same(expected, warehouse.rows("kpi_pipeline_coverage", key))


def test_sales_velocity(warehouse: Warehouse, deal_events: DealEvents) -> None:
    """K104: a velocity would appear where one of its factors is unknown."""
    expected = forecast_kpis.kpi_sales_velocity(deal_events)
    assert_same(expected, warehouse.rows("kpi_sales_velocity", ("scope_key",)))


def test_slippage(warehouse: Warehouse, crm: Crm) -> None:
    """K105: today's close date would hide that it was moved."""
    key = ("period_type", "due_month", "scope_key")
    expected = forecast_kpis.kpi_slippage_monthly(crm)
    assert_same(expected, warehouse.rows("kpi_slippage_monthly", key))


def test_recurring_revenue(warehouse: Warehouse, crm: Crm) -> None:
    """K87: churn would be contraction, a return expansion, and nobody would be gone.

    Which organization a company is has a test of its own.
    """
    traits = {
        str(row["organization_key"]): (
            str(row["segment_name"]),
            str(row["country_name"]),
        )
        for row in warehouse.records("marts.dim_organizations")
    }
    organizations = {
        str(row["record_id"]): str(row["organization_key"])
        for row in warehouse.records("marts.dim_organization_records")
        if row["record_type"] == "company" and row["organization_key"] in traits
    }
    found = subscriptions.subscriptions(crm, organizations)
    expected = subscriptions.kpi_recurring_revenue_monthly(
        found, crm.clock.today, traits
    )
    key = ("period_type", "period_start_date", "scope_type", "scope_name", "currency")
    assert_same(expected, warehouse.rows("kpi_recurring_revenue_monthly", key))
    for movement in subscriptions.MOVEMENTS:
        assert any(row[f"{movement}_subscriber_count"] for row in expected.values())
