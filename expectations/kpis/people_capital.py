"""What is plausible in the KPIs of people's capital (K67, K68, K78, K79)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the ledger, of whole jobs, of reports and of reps."""
    return {
        "kpi_human_capital_roi_monthly": [
            *never_negative("people_cost_amount_base"),
            no_row_where(
                "human_capital_roi not between -20 and 50",
                "people bring in a few times what they cost: a type or sign is wrong",
            ),
            no_row_where(
                "unconverted_count > 0", "every line of the ledger has an exchange rate"
            ),
        ],
        "kpi_headcount_restatements": [
            no_row_where(
                "scope_type = 'total' and late_restatement_count > 0 and period_type = "
                "'month'",
                "HR does not change a headcount that was final",
            ),
        ],
        "kpi_fte_monthly": [
            no_row_where(
                "scope_type = 'total' and known_fte_share < 0.8",
                "most people's part of a whole job is known",
            ),
        ],
        "kpi_rep_ramp_up": [
            *never_negative("won_amount_base"),
            no_row_where(
                "tenure_month_number > 600", "nobody sells for more than fifty years"
            ),
            no_row_where(
                "scope_type = 'total' and won_deal_count >= 5 "
                "and unconverted_deal_count * 2 > won_deal_count",
                "most won deals have an exchange rate",
            ),
            no_row_where(
                "scope_type = 'total' and complete_rep_count >= 5 "
                "and mature_rep_month_count >= 60 and mature_level_ratio > 20",
                "a month of several reps is no twenty months of mature ones: an amount or "
                "a hire date is wrong",
            ),
        ],
    }
