"""What must hold in raw_events before dbt reads it (Segment archive files)."""

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

CALLS = ("track", "page", "screen", "identify", "group", "alias")


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: events and the product lines within them."""
    return {
        "events": [
            *identifies_rows("message_id"),
            *always_there("type", "event_at", "received_at", "received_date"),
            *plausible_instants("event_at", "received_at"),
            one_of("type", CALLS),
            no_row_where(
                "user_id is null and anonymous_id is null",
                "every event has a user or an anonymous id",
                Severity.warning,
            ),
            no_row_where(
                "event_at > received_at + interval 1 day",
                "no event happens a day after it was received",
            ),
            no_row_where(
                f"not regexp_matches(currency, '{CURRENCY}')",
                "currency is an ISO 4217 code",
                Severity.warning,
            ),
            no_row_where(
                "type = 'track' and event is null",
                "every track call names its event",
                Severity.warning,
            ),
            *never_negative("shipping", "tax", severity=Severity.warning),
        ],
        "event_products": [
            *identifies_rows("message_id", "line_number"),
            *never_negative("quantity", "price", severity=Severity.warning),
        ],
    }
