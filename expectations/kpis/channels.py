"""What is plausible in the KPIs that compare channels (K64, K66)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the channels' KPIs."""
    return {
        "kpi_channel_attribution": [
            *never_negative("credited_net_sales_amount_base"),
            no_row_where(
                "scope_type = 'channel' and scope_name = 'unknown' "
                "and period_type = 'year' and attribution_model_name = 'linear' "
                "and credited_net_sales_share > 0.5",
                "most sales have a visit",
            ),
        ],
        "kpi_attribution_disagreement": [
            no_row_where("disagreement_share > 1", "parts are at most the whole"),
        ],
    }
