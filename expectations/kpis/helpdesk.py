"""What is plausible in the helpdesk's KPIs (K14 to K29)."""

from typing import TYPE_CHECKING

from expectations.rules import never_negative, no_row_where, shares

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# More tickets than this jump less by themselves.
JUMP_COUNT = 100
JUMP_RATE = 10
# A median wait of a year is a broken clock or an import.
YEAR_MINUTES = 366 * 1_440
# With the hour that the end of summer time adds.
MONTH_MINUTES = 31 * 1_440 + 60


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of volumes, backlog, times, promises and surveys."""
    return {
        "kpi_tickets": [
            no_row_where(
                f"""period_type = 'month' and scope_type = 'total' and is_complete
                and last_solved_count > {JUMP_COUNT}
                and last_solved_count > {JUMP_RATE} * created_count""",
                "no month solves ten times the tickets that it gets",
            ),
        ],
        "kpi_open_tickets_daily": [
            *never_negative("open_count", "median_age_days", "drain_days"),
            no_row_where(
                "median_reopened_age_days > median_age_days",
                "a ticket is not older since its reopening than since its creation",
            ),
        ],
        "kpi_ticket_times_monthly": [
            *shares("open_ended_share"),
            *never_negative(
                "median_minutes", "median_business_minutes", "prior_median_minutes"
            ),
            no_row_where(
                "average_business_minutes > average_minutes + 0.001 "
                "and business_measured_count = measured_count",
                "working hours are part of the day",
            ),
            no_row_where(
                f"scope_type = 'total' and median_minutes > {YEAR_MINUTES}",
                "half of a month's tickets do not take a year",
            ),
        ],
        "kpi_ticket_reopens_monthly": shares(
            "reopen_rate", "one_touch_rate", "prior_reopen_rate", "prior_one_touch_rate"
        ),
        "kpi_ticket_dwell": [
            *shares("dwell_share", "prior_dwell_share"),
            no_row_where(
                f"period_type <> 'all' and average_minutes > {MONTH_MINUTES}",
                "a ticket does not wait longer in a month than the month is",
            ),
        ],
        "kpi_sla_attainment_monthly": shares(
            "attainment_rate", "prior_attainment_rate"
        ),
        "kpi_contact_rate_monthly": never_negative(
            "tickets_per_100_orders", "tickets_per_active_customer"
        ),
        "kpi_satisfaction_monthly": [
            *shares("satisfaction_rate", "response_rate", "prior_satisfaction_rate"),
            no_row_where(
                "scope_type = 'total' and is_complete and offered_count >= 20 "
                "and rated_count = 0",
                "of twenty surveys one is answered",
            ),
        ],
    }
