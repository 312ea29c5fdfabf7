"""What must hold in raw_hubspot before dbt reads it.

Critical is what would make a wrong number that nobody sees: a record without its id, a
rate of zero. What a rep can mistype only warns.
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
    plausible_instants,
)
from ingestion.sources.hubspot import CRM_OBJECTS

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

# What staging knows as a number of billings a year; another one would recur by nothing.
BILLING_FREQUENCIES = (
    "weekly",
    "biweekly",
    "monthly",
    "quarterly",
    "per_six_months",
    "annually",
    "per_two_years",
    "per_three_years",
    "per_four_years",
    "per_five_years",
)


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: every CRM object alike, then what is special to a table."""
    found = {
        each.name: [
            *identifies_rows("id"),
            *always_there("created_at", "archived"),
            *plausible_instants("created_at", "updated_at"),
        ]
        for each in CRM_OBJECTS
    }
    for table, expectations in _special().items():
        found.setdefault(table, []).extend(expectations)
    return found


def _special() -> "dict[str, list[Expectation]]":
    return {
        "deals": [
            *always_there("pipeline", "dealstage"),
            *plausible_instants("closedate"),
            no_row_where(
                "hs_is_closed_won and not hs_is_closed", "a won deal is closed"
            ),
            no_row_where(
                f"not regexp_matches(deal_currency_code, '{CURRENCY}')",
                "currency is an ISO 4217 code",
            ),
        ],
        "contacts": [
            no_row_where(
                f"not regexp_matches(email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            )
        ],
        "companies": [*never_negative("numberofemployees", severity=Severity.warning)],
        "meetings": [
            no_row_where(
                "hs_meeting_end_time < hs_meeting_start_time",
                "a meeting ends after it starts",
                Severity.warning,
            )
        ],
        "line_items": [
            *never_negative("quantity", severity=Severity.warning),
            one_of("recurringbillingfrequency", BILLING_FREQUENCIES),
            no_row_where(
                "recurringbillingfrequency is not null and amount is null",
                "what is billed again has an amount",
                Severity.warning,
            ),
            no_row_where(
                "not regexp_matches(hs_recurring_billing_period, "
                "'^P([0-9]+Y)?([0-9]+M)?([0-9]+D)?$|^P[0-9]+W$')",
                "a billing period is a duration",
                Severity.warning,
            ),
        ],
        "deal_property_history": always_there("deal_id", "property", "changed_at"),
        "associations": always_there("from_type", "from_id", "to_type", "to_id"),
        "pipelines": [*identifies_rows("id"), *always_there("label")],
        "pipeline_stages": [
            *identifies_rows("pipeline_id", "id"),
            *always_there("label", "display_order"),
        ],
        "owners": [*identifies_rows("id", "row_hash"), *always_there("archived")],
        "teams": identifies_rows("id", "row_hash"),
        "account_info": [*identifies_rows("portal_id"), *always_there("time_zone")],
        "exchange_rates": [
            *identifies_rows("id"),
            *always_there("from_currency_code", "to_currency_code", "effective_at"),
            no_row_where(
                "conversion_rate is null or conversion_rate <= 0",
                "a rate is more than zero",
            ),
        ],
        "marketing_events": identifies_rows("id"),
        "marketing_event_participations": identifies_rows("id"),
        "marketing_emails": [
            *identifies_rows("id"),
            *never_negative("sent", "delivered", "open", "click"),
        ],
        "properties": identifies_rows("object_type", "name"),
    }
