"""What is plausible in the KPIs of the blog and the newsletters (K51 to K59)."""

from typing import TYPE_CHECKING

from expectations.rules import no_row_where

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of what is read, of newsletters and of their subscribers."""
    return {
        "kpi_content_engagement_monthly": [
            no_row_where(
                "scope_type = 'total' and page_view_count >= 100 "
                "and median_engaged_seconds < 5",
                "half of the views are read for five seconds",
            ),
            no_row_where(
                "scope_type = 'total' and page_view_count >= 100 "
                "and measured_view_count < page_view_count / 2",
                "most pages send heartbeats",
            ),
            no_row_where(
                "scroll_depth_share not between 0 and 1 "
                "or read_through_rate not between 0 and 1",
                "shares are parts",
            ),
        ],
        "kpi_section_engagement_monthly": [
            no_row_where(
                "reach_rate not between 0 and 1 or exit_share not between 0 and 1",
                "sections are reached and left within their views",
            ),
        ],
        "kpi_reader_conversion_monthly": [
            no_row_where(
                "scope_type = 'total' and eligible_reader_count >= 100 "
                "and subscription_rate > 0.8",
                "not nearly every reader subscribes",
            ),
        ],
        "kpi_subscriber_conversion_monthly": [
            no_row_where(
                "scope_type = 'total' and eligible_subscriber_count >= 100 "
                "and conversion_rate > 0.8",
                "not nearly every subscriber buys",
            ),
        ],
        "kpi_content_revenue_monthly": [
            no_row_where(
                "credited_net_sales_amount_base > assisted_net_sales_amount_base + 0.01",
                "no more is credited than was sold",
            ),
        ],
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
