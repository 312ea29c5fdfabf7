"""What is plausible in the KPIs on visits and carts (K31 to K37, K40)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of visits, the funnel, referrers and carts."""
    return {
        "kpi_sessions": [
            *shares("engagement_rate", "bounce_rate", "conversion_rate"),
            *shares("user_conversion_rate", "checkout_abandonment_rate"),
            *never_negative("net_sales_amount_base"),
            no_row_where(
                "scope_type = 'total' and period_type = 'month' and is_complete "
                "and session_count > 1000 and conversion_rate > 0.5",
                "no shop sells to every second visit: pages are not counted",
            ),
            no_row_where(
                "scope_type = 'total' and unconverted_order_count > 0",
                "every order has an exchange rate",
            ),
        ],
        "kpi_shop_funnel": [
            *shares("step_rate", "reached_rate"),
            no_row_where(
                "scope_type = 'total' and period_type = 'month' and is_complete "
                "and step_session_count > 50 "
                "and imputed_session_count > 0.5 * step_session_count",
                "most steps are seen: an event of the step is not sent or renamed",
            ),
        ],
        "kpi_referrers_monthly": [
            *never_negative("net_sales_amount_base"),
            no_row_where(
                "channel_group_name = 'unassigned' and session_share > 0.2",
                "campaigns carry media that GA4's channel groups know",
            ),
        ],
        "kpi_cart_abandonment": [
            *shares("abandonment_rate", "recovery_rate", "amount_recovery_rate"),
            *never_negative("abandoned_amount_base", "recovered_amount_base"),
            no_row_where(
                "scope_type = 'total' and period_type = 'month' and is_complete "
                "and cart_count > 100 and purchased_cart_count = 0",
                "some carts are bought: orders and carts have a customer in common",
            ),
        ],
    }
