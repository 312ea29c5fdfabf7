"""What is plausible in the customers' KPIs (K81 to K86, K89, K90)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of value, cohorts, repeat purchases and segments."""
    return {
        "kpi_customer_lifetime_value": [
            no_row_where(
                "scope_type = 'total' and lifetime_value < 0",
                "customers bring more than they send back",
            ),
            no_row_where(
                "scope_type = 'total' "
                "and unconverted_order_count + unconverted_refund_count > 0",
                "every amount has an exchange rate",
            ),
        ],
        "kpi_customer_value_cohorts_monthly": [
            *never_negative("month_number"),
            no_row_where(
                "scope_type = 'total' and month_number = 0 and lifetime_value < 0",
                "a cohort brings something in its first month",
            ),
        ],
        "kpi_repeat_purchase": [*shares("repeat_purchase_rate")],
        "kpi_rfm": [*never_negative("recency_days")],
        "kpi_rfm_migration_monthly": [*shares("migration_share")],
        "kpi_purchase_interval": [
            *never_negative("median_gap_days", "survival_median_gap_days"),
            *shares("resolved_order_share"),
            no_row_where(
                "survival_median_gap_days < median_gap_days",
                "those who have not come back yet do not shorten the wait",
            ),
        ],
        "kpi_purchase_interval_survival": [*shares("waiting_share")],
        "kpi_customer_churn": [*shares("churn_rate", "resolved_order_share")],
        "kpi_order_cancellations_monthly": [
            *shares("cancellation_rate"),
            no_row_where(
                "scope_type = 'total' and period_type = 'month' "
                "and order_count >= 30 and cancellation_rate > 0.5",
                "most orders of a month are not cancelled",
            ),
        ],
        "kpi_product_mix_monthly": [
            *shares("mix_share"),
            *never_negative("mix_entropy"),
        ],
        "kpi_next_product_affinity": [
            *shares("confidence_rate"),
            *never_negative("affinity_lift"),
        ],
        "kpi_predicted_customer_value": [
            *shares("alive_probability"),
            *never_negative("expected_purchases", "expected_value_amount_base"),
            no_row_where(
                "expected_purchases > 366",
                "nobody buys on more days than a year has",
            ),
        ],
        "kpi_customer_value_models": [
            *shares("interval_coverage_share"),
            no_row_where(
                "is_served and abs(purchases_bias_rate) > 0.5",
                "what is served was not half or double of what came",
            ),
        ],
    }
