"""What is plausible in the CRM's KPIs (K9, K87, K91 to K105)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# A month ten times the one before is more often a wrong currency than a good month.
JUMP_RATE = 9
# Fewer deals than this jump by themselves.
JUMP_COUNT = 20
TEN_YEARS_DAYS = 3_650
# Nobody spends more of a month with customers than all of its waking hours.
MONTH_MINUTES = 31 * 16 * 60


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the sales managers', the reps' and the company's KPIs."""
    return {
        "kpi_deals": [
            no_row_where(
                f"is_complete and period_type = 'month' and scope_type = 'total' "
                f"and prior_won_count >= {JUMP_COUNT} "
                f"and won_amount_growth_rate > {JUMP_RATE}",
                "no month's won amount is ten times the month before",
            ),
            no_row_where(
                "won_unconverted_count > 0 and scope_type = 'total'",
                "every won amount has an exchange rate",
            ),
        ],
        "kpi_win_rate_monthly": shares("win_rate", "amount_coverage_rate"),
        "kpi_win_rate_cohort_monthly": shares("win_rate", "window_win_rate"),
        "kpi_days_to_close_monthly": [
            no_row_where(
                f"average_days_to_close not between 0 and {TEN_YEARS_DAYS}",
                "deals close within ten years of their creation",
            ),
            no_row_where("error_count > 0", "no deal closes before it is created"),
        ],
        "kpi_open_deals": [
            no_row_where(
                "unconverted_count > 0 and scope_type = 'total'",
                "every open amount has an exchange rate",
            )
        ],
        "kpi_customer_time_monthly": [
            no_row_where(
                f"total_minutes not between 0 and {MONTH_MINUTES}",
                "a rep's minutes with a company fit into a month",
            )
        ],
        "kpi_recurring_revenue_monthly": [
            *never_negative("closing_amount_base", "churn_amount_base"),
            no_row_where(
                "unconverted_count > 0 and scope_type = 'total' and currency = 'all'",
                "every subscription has an exchange rate",
            ),
            no_row_where(
                "scope_type = 'total' and currency = 'all' and is_complete "
                "and opening_subscriber_count >= 20 and subscriber_churn_rate > 0.5",
                "no month loses half of many subscribers",
            ),
        ],
        "kpi_won_mix": [
            *never_negative("won_amount_base"),
            no_row_where("won_count > total_won_count", "a part is within the whole"),
        ],
        "kpi_stage_conversion": shares("conversion_rate", "reached_won_rate"),
        "kpi_slippage_monthly": shares("slippage_rate"),
        "kpi_sales_velocity": shares("win_rate"),
    }
