"""What must hold in raw_google_ads before dbt reads it.

Critical is what would make a wrong number that nobody sees: money of an unknown
currency, a day twice, a day that was never read. Markers (campaign_id '') say that an
account-day was read.
"""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import (
    CURRENCY,
    always_there,
    identifies_rows,
    never_negative,
    no_row_where,
    one_of,
)
from ingestion.sources.google_ads import FACTS, LISTS

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

STATUSES = ("ENABLED", "PAUSED", "REMOVED")


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: lists alike, figures alike, then what is special to a table."""
    found = {
        query.table.name: [
            *identifies_rows(*query.table.key),
            *always_there("status"),
            one_of("status", STATUSES),
        ]
        for query in LISTS
    }
    for query in FACTS:
        table = query.table
        found[table.name] = [
            *identifies_rows(*table.key),
            *never_negative("all_conversions", severity=Severity.warning),
            *_days(table.name),
        ]
    for table, expectations in _special().items():
        found.setdefault(table, []).extend(expectations)
    return found


def _days(table: str) -> "list[Expectation]":
    read = f"from raw_google_ads.{table} where campaign_id = ''"
    return [
        # A day more, because an account may be ahead of the load.
        no_row_where(
            "date > 1 + cast(make_timestamp(cast(1000000 * cast(_dlt_load_id as double) "
            "as bigint)) as date)",
            "no day lies after its load",
        ),
        no_row_where(
            f"(customer_id, date) not in (select customer_id, date {read})",
            "every day with figures was read whole, and marked so",
        ),
        no_row_where(
            "campaign_id = '' and (customer_id, date - 1) not in "
            f"(select customer_id, date {read}) and (customer_id, date) not in "
            f"(select customer_id, min(date) {read} group by customer_id)",
            "between an account's first and last day no day was left out",
        ),
    ]


def _special() -> "dict[str, list[Expectation]]":
    spending = [
        *never_negative("impressions", "clicks", "cost_micros"),
        no_row_where(
            "campaign_id <> '' and customer_id not in "
            "(select id from raw_google_ads.customers)",
            "figures belong to an account whose currency is known",
        ),
    ]
    return {
        "customers": [
            *identifies_rows("id"),
            *always_there("status"),
            no_row_where(
                f"not regexp_matches(coalesce(currency_code, ''), '{CURRENCY}')",
                "currency is an ISO 4217 code",
            ),
            no_row_where(
                "time_zone not in (select name from pg_timezone_names())",
                "the time zone is one that is known",
            ),
            one_of("status", ("ENABLED", "CANCELED", "SUSPENDED", "CLOSED")),
        ],
        "conversion_actions": [
            *identifies_rows("customer_id", "id"),
            *always_there("name", "category"),
            no_row_where(
                "click_through_lookback_window_days not between 1 and 90",
                "a click counts for 1 to 90 days",
                Severity.warning,
            ),
        ],
        "campaigns": always_there("name", "advertising_channel_type"),
        "campaign_budgets": never_negative("amount_micros", "total_amount_micros"),
        "campaign_stats": spending,
        "ad_stats": spending,
    }
