"""What is plausible in the lists to act on (P17)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of hesitating visitors, stalled deals and risky customers."""
    return {
        "kpi_hesitating_visitors": [
            *never_negative("stake_amount_base"),
            no_row_where(
                "cart_key is not null and stake_amount_base is null",
                "every cart has an exchange rate",
            ),
        ],
        "kpi_stalled_deals": [
            *never_negative("inactive_days", "stage_dwell_days"),
            no_row_where(
                "has_amount and stake_amount_base is null",
                "every amount has an exchange rate",
            ),
            no_row_where("rep_email is null", "somebody can be asked about the deal"),
        ],
        "kpi_customers_at_risk": [
            *shares("coverage_share"),
            no_row_where("unconverted_count > 0", "every amount has an exchange rate"),
        ],
    }
