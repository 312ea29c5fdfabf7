"""What must hold in raw_personio before dbt reads it."""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import (
    CURRENCY,
    always_there,
    identifies_rows,
    never_negative,
    no_row_where,
    one_of,
    plausible_instants,
)

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

EMPLOYMENT_STATUSES = ("ACTIVE", "INACTIVE", "ONBOARDING", "LEAVE", "UNSPECIFIED")
CATEGORIES = ("FIXED_SALARY", "HOURLY_SALARY", "RECURRING", "ONE_TIME")


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: persons, employments, pay, absences."""
    return {
        "persons": [
            *identifies_rows("id"),
            *always_there("status"),
            one_of("status", ("ACTIVE", "INACTIVE")),
            *plausible_instants("created_at", "updated_at"),
        ],
        "employments": [
            *identifies_rows("id", "row_hash"),
            *always_there("person_id", "status"),
            one_of("status", EMPLOYMENT_STATUSES),
            one_of("type", ("INTERNAL", "EXTERNAL")),
            no_row_where(
                "employment_start_date is null and status <> 'UNSPECIFIED'",
                "an employment begins on a day",
                Severity.warning,
            ),
            no_row_where(
                "employment_end_date < employment_start_date",
                "an employment ends after it begins",
            ),
            *never_negative("weekly_working_hours"),
        ],
        "org_units": [*identifies_rows("id"), *always_there("name")],
        "compensations": [
            *identifies_rows("id"),
            *always_there("person_id", "effective_from"),
            *never_negative("amount_value", severity=Severity.warning),
            one_of("type_category", CATEGORIES),
            no_row_where(
                f"not regexp_matches(amount_currency, '{CURRENCY}')",
                "currency is an ISO 4217 code",
            ),
            no_row_where(
                "amount_value is not null and amount_currency is null",
                "pay names its currency",
            ),
        ],
        "absence_periods": [
            *identifies_rows("id"),
            *always_there("person_id", "starts_from_date"),
            one_of("effective_unit", ("DAY", "HOUR")),
            *never_negative("effective_value"),
            no_row_where(
                "ends_at_date < starts_from_date", "an absence ends after it starts"
            ),
        ],
    }
