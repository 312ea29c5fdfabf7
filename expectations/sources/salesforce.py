"""What must hold in raw_salesforce before dbt reads it.

Critical is what would make a wrong number that nobody sees: a record without its id, a
rate of zero, a won opportunity that is open. What a rep can mistype only warns.
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
    plausible_instants,
)
from ingestion.sources.salesforce import CHANGING_OBJECTS, VERSIONED_OBJECTS

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: every SObject alike, then what is special to a table."""
    found: dict[str, list[Expectation]] = {
        each.table: [
            *identifies_rows("id"),
            *always_there("is_deleted", "created_date"),
            *plausible_instants("created_date"),
        ]
        for each in CHANGING_OBJECTS
    }
    found |= {
        each.table: [*identifies_rows("id", "row_hash"), *always_there("extracted_at")]
        for each in VERSIONED_OBJECTS
    }
    for table, expectations in _special().items():
        found.setdefault(table, []).extend(expectations)
    return found


def _special() -> "dict[str, list[Expectation]]":
    return {
        "organizations": [*identifies_rows("id"), *always_there("time_zone_sid_key")],
        "accounts": [*never_negative("number_of_employees", severity=Severity.warning)],
        "contacts": [
            no_row_where(
                f"not regexp_matches(email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            )
        ],
        "leads": [
            no_row_where(
                "is_converted and converted_contact_id is null",
                "a converted lead names the contact it became",
                Severity.warning,
            )
        ],
        "opportunities": [
            *always_there("stage_name", "close_date", "is_closed", "is_won"),
            no_row_where("is_won and not is_closed", "a won opportunity is closed"),
            no_row_where(
                "probability < 0 or probability > 100", "a probability is 0 to 100"
            ),
            no_row_where(
                f"not regexp_matches(currency_iso_code, '{CURRENCY}')",
                "currency is an ISO 4217 code",
            ),
        ],
        "opportunity_history": always_there("opportunity_id", "stage_name"),
        "opportunity_field_history": always_there("opportunity_id", "field"),
        "opportunity_line_items": [
            *always_there("opportunity_id"),
            *never_negative("quantity", severity=Severity.warning),
        ],
        "tasks": [
            *always_there("is_closed", "is_archived"),
            *never_negative("call_duration_in_seconds", severity=Severity.warning),
        ],
        "events": [
            *always_there("is_archived"),
            no_row_where(
                "end_date_time < start_date_time",
                "an event ends after it starts",
                Severity.warning,
            ),
        ],
        "event_relations": always_there("event_id", "relation_id"),
        "campaign_members": always_there("campaign_id"),
        "record_types": [*identifies_rows("id"), *always_there("name")],
        "opportunity_stages": [
            *always_there("api_name", "is_closed", "is_won"),
            no_row_where("is_won and not is_closed", "a won stage is closed"),
        ],
        "users": always_there("is_active"),
        "currency_types": [
            *always_there("iso_code"),
            no_row_where(
                "conversion_rate is null or conversion_rate <= 0",
                "a rate is more than zero",
            ),
        ],
        "dated_conversion_rates": [
            *identifies_rows("id"),
            *always_there("iso_code", "start_date"),
            no_row_where(
                "conversion_rate is null or conversion_rate <= 0",
                "a rate is more than zero",
            ),
        ],
        "forecasting_quotas": [*identifies_rows("id"), *always_there("quota_owner_id")],
    }
