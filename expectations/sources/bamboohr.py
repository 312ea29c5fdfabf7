"""What must hold in raw_bamboohr before dbt reads it.

Critical is what would make a wrong headcount that nobody sees; what HR can mistype only
warns.
"""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import (
    CURRENCY,
    EMAIL,
    always_there,
    identifies_rows,
    never_negative,
    no_row_where,
    one_of,
)

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

PERIODS = ("Hour", "Day", "Week", "Month", "Quarter", "Year")
REQUEST_STATUSES = (
    "approved",
    "denied",
    "superceded",  # codespell:ignore
    "requested",
    "canceled",
)


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: people, their histories, their time off."""
    return {
        "employees": [
            *identifies_rows("employee_id"),
            *always_there("status"),
            one_of("status", ("Active", "Inactive"), Severity.critical),
            no_row_where(
                "status = 'Active' and hire_date is null",
                "who is active was hired on a day",
                Severity.warning,
            ),
            no_row_where(
                f"not regexp_matches(work_email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            ),
        ],
        "employee_details": identifies_rows("employee_id"),
        "employee_changes": [
            *always_there("employee_id", "action"),
            one_of("action", ("Inserted", "Updated", "Deleted")),
        ],
        "employment_status": [
            *_sets("date"),
            no_row_where(
                "row_hash <> '' and coalesce(employment_status, '') = ''",
                "every row names a status",
            ),
        ],
        "job_info": [
            *_sets("date"),
            no_row_where(
                "row_hash <> '' and coalesce(department, '') = ''",
                "every job belongs to a department",
                Severity.warning,
            ),
        ],
        "compensation": [
            *_sets("start_date"),
            *never_negative("rate_value"),
            one_of("paid_per", PERIODS),
            no_row_where(
                "rate_value is not null and rate_currency is null",
                "pay names its currency",
            ),
            no_row_where(
                f"not regexp_matches(rate_currency, '{CURRENCY}')",
                "currency is an ISO 4217 code",
            ),
        ],
        "time_off": [
            *identifies_rows("id"),
            *always_there("employee_id", "start_date", "end_date", "status"),
            one_of("status", REQUEST_STATUSES),
            no_row_where("end_date < start_date", "time off ends after it starts"),
        ],
    }


def _sets(day: str) -> "list[Expectation]":
    """Return what holds for a history whose rows are kept in sets."""
    return [
        *identifies_rows("employee_id", "set_version", "row_hash"),
        no_row_where(
            f"row_hash <> '' and {day} is null", "every row holds from a day on"
        ),
    ]
