"""What is plausible in the people KPIs (K67 to K80)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of headcount, movements, pay, hiring and answers."""
    return {
        "kpi_headcount_daily": [
            no_row_where(
                "on_leave_count > headcount_count", "people on leave are headcount"
            ),
        ],
        "kpi_headcount_monthly": [
            *never_negative("average_headcount", "average_headcount_of_ends"),
            no_row_where(
                "scope_type = 'total' and headcount_count < 0.5 * "
                "opening_headcount_count and opening_headcount_count >= 10",
                "half of the company does not leave in a month: a load lost people",
            ),
        ],
        "kpi_headcount_bridge_monthly": [
            no_row_where(
                "opening_headcount_count + hire_count + transfer_in_count "
                "+ aged_in_count - separation_count - transfer_out_count "
                "- aged_out_count <> closing_headcount_count",
                "the bridge balances",
            ),
        ],
        "kpi_turnover_monthly": [
            *never_negative("turnover_rate", "twelve_month_turnover_rate"),
            no_row_where(
                "is_hidden and coalesce(separation_count, "
                "twelve_month_separation_count, prior_separation_count) is not null",
                "who left from a small age group or tenure band stays hidden",
            ),
            no_row_where(
                "scope_type = 'total' and average_headcount >= 10 "
                "and twelve_month_turnover_rate > 2",
                "the company does not leave twice a year",
            ),
        ],
        "kpi_new_hire_attrition": [
            *shares("attrition_90_day_rate", "attrition_365_day_rate"),
        ],
        "kpi_tenure_monthly": [
            *never_negative("mean_tenure_days", "median_tenure_days"),
            no_row_where("mean_tenure_days > 18300", "nobody stays for fifty years"),
        ],
        "kpi_tenure_survival": [
            no_row_where("survival_share > 1", "no more remain than were hired"),
        ],
        "kpi_hiring_cost_per_tenure": [
            *never_negative(
                "cost_per_expected_month_value", "cost_per_realised_month_value"
            ),
            no_row_where(
                "scope_type = 'total' and expected_employed_days < 30",
                "hires stay for longer than a month",
            ),
        ],
        "kpi_people_cost_monthly": [
            *never_negative("gross_pay_amount_base"),
            no_row_where(
                "priced_person_count < 5 and gross_pay_amount_base is not null",
                "the pay of fewer than five people stays hidden",
            ),
            no_row_where(
                "scope_type = 'total' and unpriced_day_count > 0.5 * person_day_count "
                "and is_complete and net_sales_amount_base is not null",
                "most days have a pay and an exchange rate",
            ),
        ],
        "kpi_cost_per_hire_monthly": [
            *never_negative("cost_amount_base", "cost_per_hire"),
            no_row_where(
                "scope_type = 'total' and unconverted_count > 0",
                "every cost has an exchange rate",
            ),
        ],
        "kpi_time_to_hire_monthly": [
            *never_negative("mean_days_to_fill", "mean_days_to_hire"),
            no_row_where("mean_days_to_fill > 730", "no position stays open for years"),
        ],
        "kpi_enps": [
            *shares("response_rate"),
            no_row_where(
                "response_count < 5", "answers of fewer than five people stay hidden"
            ),
            no_row_where(
                "enps_score not between -100 and 100", "it runs from -100 to 100"
            ),
        ],
    }
