"""What is plausible in the advertising KPIs (K42 to K49)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the advertising KPIs."""
    return {
        "kpi_ad_roi_monthly": [
            *never_negative("spend_amount_base"),
            *shares("margin_coverage_share"),
        ],
        "kpi_ad_performance": [
            *never_negative("spend_amount_base"),
            no_row_where(
                "click_through_rate > 1 and impression_count >= 100",
                "nobody clicks more often than he sees",
            ),
            no_row_where(
                "scope_type = 'total' and unconverted_count > 0",
                "every cost has an exchange rate",
            ),
            no_row_where(
                "platform_conversion_count > click_count + impression_count",
                "no more conversions than impressions and clicks",
            ),
            no_row_where(
                "abs(min_tz_shift_hours) > 26 or abs(max_tz_shift_hours) > 26",
                "time zones are at most 26 hours apart",
            ),
        ],
        "kpi_ad_demographics_monthly": [
            *never_negative("spend_amount_base"),
            no_row_where(
                "click_through_rate > 1 and impression_count >= 100",
                "no group clicks more often than it sees",
            ),
        ],
        "kpi_ad_overclaim_monthly": [
            *never_negative("platform_conversion_count"),
            no_row_where(
                "scope_type = 'vendor' and is_complete and order_count >= 20 "
                "and platform_conversion_count > 5 * order_count",
                "no platform claims five times the orders of a busy month",
            ),
        ],
        "kpi_ad_attributed_roas_monthly": [
            *never_negative("spend_amount_base"),
            *never_negative("attributed_sales_amount_base"),
        ],
        "kpi_marketing_efficiency_monthly": [
            *never_negative("marketing_spend_amount_base"),
            no_row_where(
                "unconverted_spend_count > 0", "every cost has an exchange rate"
            ),
        ],
    }
