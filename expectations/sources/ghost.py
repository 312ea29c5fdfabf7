"""What must hold in raw_ghost before dbt reads it.

Critical is what would make a wrong number that nobody sees: an event without its
moment, more copies delivered than sent. What a member can type only warns.
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

COUNTERS = ("email_count", "delivered_count", "opened_count", "failed_count")


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites by table."""
    return {
        **{name: _contents() for name in ("posts", "pages")},
        "emails": [
            *identifies_rows("id"),
            *always_there("post_id", "status", "submitted_at"),
            *never_negative(*COUNTERS),
            no_row_where(
                "delivered_count + failed_count > email_count",
                "no more copies arrive or fail than are sent",
            ),
            no_row_where(
                "opened_count > delivered_count",
                "only what arrived is opened",
                Severity.warning,
            ),
            one_of("status", ("pending", "submitting", "submitted", "failed")),
        ],
        "tags": [*identifies_rows("id"), *always_there("name", "slug")],
        "users": [*identifies_rows("id"), *always_there("name", "slug")],
        "newsletters": [*identifies_rows("id"), *always_there("name", "status")],
        "tiers": [
            *identifies_rows("id"),
            *never_negative("monthly_price", "yearly_price"),
            no_row_where(
                "monthly_price > 0 and currency is null", "a price has a currency"
            ),
        ],
        "members": [
            *identifies_rows("id"),
            *always_there("email", "status", "subscribed", "created_at"),
            *plausible_instants("created_at"),
            one_of("status", ("free", "paid", "comped", "gift")),
            no_row_where(
                f"not regexp_matches(email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            ),
        ],
        "member_events": [
            *identifies_rows("type", "id"),
            *always_there("created_at"),
            *plausible_instants("created_at"),
            *never_negative("amount"),
            no_row_where(
                "type = 'newsletter_event' and subscribed is null",
                "a change of subscription says which way",
            ),
            no_row_where("amount > 0 and currency is null", "an amount has a currency"),
        ],
    }


def _contents() -> "list[Expectation]":
    return [
        *identifies_rows("id"),
        *always_there("status", "slug", "created_at"),
        *plausible_instants("created_at", "updated_at", "published_at"),
        *never_negative("content_word_count"),
        one_of("status", ("draft", "published", "scheduled", "sent")),
        no_row_where(
            "status = 'published' and published_at is null",
            "what is published has a date",
        ),
    ]
