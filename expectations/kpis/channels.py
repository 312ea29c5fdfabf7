"""What is plausible in the KPIs that compare channels (K50, K60 to K66, K88)."""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import never_negative, no_row_where, shares

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
        "kpi_channel_costs_monthly": [
            *never_negative("committed_cost_amount_base"),
            no_row_where(
                "scope_type = 'total' and is_complete and unconverted_cost_count > 0",
                "every cost has an exchange rate",
            ),
            no_row_where(
                "scope_type = 'channel' and scope_name = 'unassigned'",
                "every cost has a channel",
            ),
            no_row_where(
                "channel_cost_amount_base < 0",
                "the ledger holds no less than the costs that are known",
            ),
        ],
        "kpi_leads_monthly": [
            *never_negative("cost_per_lead", "cost_per_qualified_lead"),
            no_row_where(
                "scope_type = 'rep' and rep_email is null and lead_count > 50",
                "most leads have an owner",
            ),
        ],
        "kpi_lead_conversion_monthly": [
            *shares(
                "lead_to_opportunity_within_180_days_rate",
                "opportunity_to_won_within_180_days_rate",
            ),
        ],
        "kpi_channel_pipeline_monthly": [
            *shares("sourced_deal_amount_share", "influenced_deal_amount_share"),
        ],
        "kpi_channel_roi": [
            *never_negative("channel_cost_amount_base", severity=Severity.warning),
            *shares("margin_coverage_share"),
            no_row_where(
                "scope_type = 'total' and period_type = 'year' "
                "and margin_coverage_share < 0.8",
                "most goods have a known cost",
            ),
        ],
        "kpi_marketing_event_roi": [
            *never_negative("credited_orders", "cost_per_lead"),
            no_row_where(
                "is_mature and channel_cost_amount_base = 0",
                "every event has a cost",
            ),
        ],
        "kpi_customer_acquisition_cost_monthly": [
            *shares("margin_coverage_share"),
            *never_negative("payback_months", "observed_months"),
        ],
        "kpi_formula_lifetime_value_monthly": [
            *shares("monthly_churn_rate"),
            no_row_where("margin_rate > 1", "goods are not free"),
        ],
        "kpi_attribution_disagreement": [
            no_row_where("disagreement_share > 1", "parts are at most the whole"),
        ],
    }
