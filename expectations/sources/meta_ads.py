"""What must hold in raw_meta_ads before dbt reads it.

Critical is what would count money twice or in the wrong currency. What Meta may invent
tomorrow (a platform, an age band) only warns: it is loaded, and shown as unknown.
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
    plausible_instants,
)

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

PLATFORMS = (
    "",
    "facebook",
    "instagram",
    "messenger",
    "audience_network",
    "threads",
    "unknown",
)
AGES = ("", "13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+", "unknown")
GENDERS = ("", "female", "male", "unknown")
STATUSES = (
    "ACTIVE",
    "PAUSED",
    "DELETED",
    "ARCHIVED",
    "IN_PROCESS",
    "WITH_ISSUES",
    "CAMPAIGN_PAUSED",
    "ADSET_PAUSED",
    "PENDING_REVIEW",
    "DISAPPROVED",
    "PREAPPROVED",
    "PENDING_BILLING_INFO",
)
_KEY = ("account_id", "date_start", "campaign_id", "adset_id", "ad_id")


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites: objects, then figures."""
    objects = {
        table: [
            *identifies_rows("id"),
            *always_there("account_id"),
            *plausible_instants("created_time", "updated_time"),
            one_of("effective_status", STATUSES),
        ]
        for table in ("campaigns", "adsets", "ads")
    }
    for table in ("campaigns", "adsets"):
        objects[table] += never_negative("daily_budget", "lifetime_budget")
    return {
        **objects,
        "ad_accounts": [
            *identifies_rows("id"),
            *always_there("account_id", "currency", "timezone_name"),
            no_row_where(
                f"not regexp_matches(currency, '{CURRENCY}')",
                "currency is an ISO 4217 code",
            ),
        ],
        "adcreatives": [*identifies_rows("id"), *always_there("account_id")],
        "insights_by_platform": [
            *_figures("publisher_platform"),
            one_of("publisher_platform", PLATFORMS),
        ],
        "insights_by_age_and_gender": [
            *_figures("age", "gender"),
            one_of("age", AGES),
            one_of("gender", GENDERS),
        ],
    }


def _figures(*breakdowns: str) -> "list[Expectation]":
    """Return what holds for a report, whatever it is broken down by."""
    return [
        *identifies_rows(*_KEY, *breakdowns),
        *never_negative("spend", "impressions", "clicks", "inline_link_clicks"),
        no_row_where(
            "ad_id <> '' and (spend is null or impressions is null)",
            "an ad's day has a spend and impressions",
        ),
        no_row_where(
            "ad_id <> '' and account_currency is null", "spend has a currency"
        ),
        no_row_where(
            f"not regexp_matches(account_currency, '{CURRENCY}')",
            "currency is an ISO 4217 code",
        ),
        no_row_where("date_stop <> date_start", "a row is of one day"),
        no_row_where(
            "clicks > impressions",
            "nobody clicks what was not shown",
            Severity.warning,
        ),
    ]
