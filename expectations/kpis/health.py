"""What is plausible in the customers' health (K30)."""

from typing import TYPE_CHECKING

from expectations.rules import no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# Fewer customers are chance, whatever the curve says.
JUDGED_COUNT = 200
# Chance itself is 0.5; a score below this is upside down.
WORST_AREA = 0.4


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the score, its weights, its history and its back-test."""
    return {
        "kpi_customer_health": shares(
            "coverage_share", "satisfaction_rate", "troubled_order_share"
        ),
        "kpi_customer_health_weights": [
            *shares("weight_share"),
            no_row_where("component_weight = 0", "every component counts"),
        ],
        "kpi_customer_health_monthly": shares("customer_share"),
        "kpi_customer_health_backtest": [
            *shares("churn_rate"),
            no_row_where(
                f"customer_count >= {JUDGED_COUNT} and area_under_curve < {WORST_AREA}",
                "a high score does not tell who leaves",
            ),
        ],
    }
