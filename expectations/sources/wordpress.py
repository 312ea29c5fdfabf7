"""What must hold in raw_wordpress before dbt reads it.

Critical is what would make a wrong number that nobody sees: a post without its status
or its dates. What an author or a visitor can type only warns.
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
    """Return the suites by table."""
    return {
        **{name: _contents() for name in ("posts", "pages")},
        **{
            name: [
                *identifies_rows("id"),
                *always_there("name", "slug"),
                *never_negative("count", severity=Severity.warning),
            ]
            for name in ("categories", "tags")
        },
        "comments": [
            *identifies_rows("id"),
            *always_there("post", "status", "date_gmt"),
            *plausible_instants("date_gmt"),
            one_of("status", ("approved", "hold", "spam", "trash", "post-trashed")),
        ],
        "users": [
            *identifies_rows("id"),
            *always_there("slug"),
            no_row_where(
                f"not regexp_matches(email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            ),
        ],
    }


def _contents() -> "list[Expectation]":
    return [
        *identifies_rows("id"),
        # Null for who is not allowed to edit: the load would have read as a stranger.
        *always_there("status", "type", "modified_gmt", "title_raw"),
        *plausible_instants("date_gmt", "modified_gmt"),
        *never_negative("content_word_count"),
        one_of("status", ("publish", "future", "draft", "pending", "private", "trash")),
        no_row_where(
            "status in ('publish', 'future', 'private') and date_gmt is null",
            "what is or goes live has a date",
        ),
        no_row_where(
            "status = 'publish' and coalesce(slug, '') = ''",
            "what is live has an address",
        ),
    ]
