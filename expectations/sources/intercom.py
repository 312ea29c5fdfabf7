"""What must hold in raw_intercom before dbt reads it.

Critical is what would make a wrong number that nobody sees; what a customer or an agent
can mistype only warns.
"""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import (
    EMAIL,
    always_there,
    identifies_rows,
    never_negative,
    no_row_where,
    one_of,
    plausible_instants,
)

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites of the tables."""
    return {
        "workspaces": [*identifies_rows("id_code"), *always_there("timezone")],
        "conversations": _conversations(),
        "conversation_parts": [
            *identifies_rows("conversation_id", "id"),
            *always_there("part_type", "created_at", "author_type"),
            *plausible_instants("created_at"),
            one_of("state", ["open", "closed", "snoozed"]),
            one_of("author_type", ["admin", "bot", "team", "user", "lead", "contact"]),
        ],
        "deleted_conversations": identifies_rows("id"),
        "contacts": [
            *identifies_rows("id"),
            *plausible_instants("created_at", "updated_at"),
            one_of("role", ["user", "lead"]),
            no_row_where(
                f"not regexp_matches(email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            ),
        ],
        "companies": [
            *identifies_rows("id"),
            *never_negative("size", "monthly_spend", severity=Severity.warning),
        ],
        "admins": [*identifies_rows("id"), *always_there("name")],
        "teams": [*identifies_rows("id"), *always_there("name")],
        "tags": [*identifies_rows("id"), *always_there("name")],
        "office_hours_schedules": [
            *identifies_rows("id"),
            *always_there("time_zone_name", "time_intervals"),
        ],
        "office_hours_exceptions": [
            *identifies_rows("office_hours_schedule_id", "id"),
            *always_there("exception_date", "exception_type"),
            one_of("exception_type", ["closed", "custom_hours"]),
        ],
    }


def _conversations() -> "list[Expectation]":
    return [
        *identifies_rows("id"),
        *always_there("created_at", "updated_at", "state"),
        *plausible_instants("created_at", "updated_at"),
        # Another state would be an open ticket, whatever it means.
        one_of("state", ["open", "closed", "snoozed"], Severity.critical),
        one_of("priority", ["none", "low", "medium", "high", "urgent"]),
        one_of("sla_applied_sla_status", ["hit", "missed", "cancelled", "active"]),
        no_row_where(
            "conversation_rating_rating not between 1 and 5", "a rating is 1 to 5"
        ),
        no_row_where("updated_at < created_at", "a change follows the creation"),
        no_row_where(
            "open <> (state = 'open')",
            "`open` and `state` say the same",
            Severity.warning,
        ),
    ]
