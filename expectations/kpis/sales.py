"""What is plausible in the shop's KPIs (K1 to K13, K38)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the shop's sales by period and by hour."""
    return {
        "kpi_sales": [
            *never_negative("gross_sales_amount_base"),
            no_row_where(
                "scope_type = 'total' and period_type in ('quarter', 'year') "
                "and average_order_value < 0",
                "no quarter gives back more than it sells",
            ),
            no_row_where(
                "discount_amount_base > gross_sales_amount_base",
                "discounts stay below what was sold",
            ),
            no_row_where(
                "scope_type = 'total' and unconverted_count > 0",
                "every amount has an exchange rate",
            ),
        ],
        "kpi_sales_hourly": [
            *never_negative("gross_sales_amount_base"),
            no_row_where("sales_hour not between 0 and 23", "hours are 0 to 23"),
        ],
        "kpi_sales_per_trading_hour": [
            *never_negative("trading_hours"),
            no_row_where(
                "scope_type = 'total' and is_complete and trading_hours = 0",
                "some shop is open in every period",
            ),
        ],
        "kpi_sales_mix": [
            no_row_where(
                "scope_type = 'country' and scope_name = 'unknown' "
                "and is_complete and net_sales_share > 0.5",
                "most sales say which country they are from",
            ),
        ],
        "kpi_price_volume_mix": [
            *never_negative("unit_count", "reference_unit_count"),
        ],
        "kpi_target_attainment": [
            *never_negative("target_day_count", "elapsed_target_day_count"),
            no_row_where(
                "target_value_base <= 0",
                "a target is above nothing",
            ),
        ],
        "kpi_holiday_uplift": [
            no_row_where(
                "uplift_rate is not null and expected_net_sales_amount_base < 0",
                "an expectation is above nothing",
            ),
        ],
        "kpi_sales_forecast": [
            no_row_where(
                "measure_type <> 'net_sales' and p10_value_base < 0",
                "no fewer than no deals are won",
            ),
            no_row_where(
                "scope_type = 'total' and p50_value_base is null "
                "and history_month_count >= 6",
                "six months are enough for a forecast",
            ),
        ],
        "kpi_sales_forecast_accuracy": [
            no_row_where(
                "evidence_type = 'backtest' and scope_type = 'total' "
                "and horizon_month_count = 0 and forecast_count >= 30 "
                "and coverage_share < 0.5",
                "the band holds most of what came",
            ),
            no_row_where(
                "evidence_type = 'ledger' and scope_type = 'total' "
                "and horizon_month_count = 0 and forecast_count >= 12 "
                "and absolute_error_rate > 1",
                "forecasts of the whole are off by less than it",
            ),
        ],
        "kpi_campaign_uplift": [
            *never_negative("cost_amount_base"),
        ],
    }
