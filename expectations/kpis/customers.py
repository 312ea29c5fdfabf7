"""What is plausible in the customers' KPIs (K81 to K84, K89)."""

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
    }
