"""What must hold in raw_files before dbt reads it.

A row that lacks a required cell is in quarantine already; here is what a wrong cell
would do.
"""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import (
    CURRENCY,
    always_there,
    identifies_rows,
    never_negative,
    no_row_where,
    plausible_instants,
)
from ingestion.sources._files_tables import FILE_TABLES

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: every file alike, then what is special to a table."""
    found = {
        table.name: [
            *identifies_rows("source_file", "line_number"),
            *(
                no_row_where(
                    f"line_number > 0 and not coalesce(regexp_matches({column.name}, "
                    f"'^(?i:{CURRENCY[1:-1]})$'), true)",
                    f"{column.name} is an ISO 4217 code",
                )
                for column in table.columns
                if column.name.endswith("currency")
            ),
        ]
        for table in FILE_TABLES
    }
    for table, expectations in _special().items():
        found[table].extend(expectations)
    found["source_files"] = [*identifies_rows("file"), *always_there("table_name")]
    return found


def _special() -> "dict[str, list[Expectation]]":
    return {
        "survey_responses": [
            no_row_where(
                "score not between 0 and 10",
                "a score is 0 to 10; others are NULL in staging",
                Severity.warning,
            ),
            no_row_where(
                "score is not null and submitted_at is null",
                "an answer has its time",
                Severity.warning,
            ),
            *plausible_instants("sent_at", "submitted_at"),
        ],
        "hiring_costs": never_negative("amount", severity=Severity.warning),
        "offline_spend": never_negative("spend_amount", severity=Severity.warning),
        "channel_costs": [
            no_row_where("end_date < start_date", "a cost ends after it starts")
        ],
        "fx_rates": [
            no_row_where("conversion_rate <= 0", "a rate is more than zero"),
            no_row_where(
                "upper(from_currency) = upper(to_currency)",
                "a rate is between two currencies",
                Severity.warning,
            ),
        ],
        "ledger": [
            no_row_where(
                "line_number > 0 and coalesce(lower(account_type), '') not in "
                "('revenue', 'cost_of_sales', 'operating_expense', 'people_cost', "
                "'other')",
                "an account type is one that the README names; others count as other",
                Severity.warning,
            ),
        ],
        "campaign_calendar": [
            no_row_where(
                "start_date <> start_date_jalali or end_date <> end_date_jalali",
                "both calendars name the same day",
            ),
            no_row_where(
                "line_number > 0 and (coalesce(start_date, start_date_jalali) is null "
                "or coalesce(end_date, end_date_jalali) is null)",
                "a campaign has its days in one calendar; others are left out",
                Severity.warning,
            ),
        ],
    }
