"""What is plausible in the newsletters' KPIs (K56, K57)."""

from typing import TYPE_CHECKING

from expectations.rules import no_row_where

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of newsletters and their subscribers."""
    return {
        "kpi_newsletter_sends": [
            no_row_where(
                "not is_provisional and sent_count >= 100 and accepted_rate < 0.8",
                "at most a fifth of a send bounces",
            ),
            no_row_where(
                "open_rate > 1 or click_rate > 1 or reliable_open_rate > open_rate",
                "nobody opens what did not arrive",
            ),
            no_row_where(
                "vendor_delivered_count >= 100 and not is_provisional "
                "and delivered_count < 0.8 * vendor_delivered_count",
                "events show most of what the vendor counts",
            ),
        ],
        "kpi_subscribers_monthly": [
            no_row_where(
                "scope_type = 'total' and opening_count >= 100 "
                "and closing_count < opening_count / 2",
                "no month loses half of the subscribers",
            ),
        ],
    }
