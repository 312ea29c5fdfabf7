"""The tables of `raw_meta_ads`: their columns, types and keys, as Meta names them.

A nested scalar has the path's names joined (`creative.id` is `creative_id`); lists and
objects stay JSON. Budgets are in the currency's minor unit, spend in its major one.
"""

from ingestion.records import RawTable, columns

AD_ACCOUNTS = RawTable(
    "ad_accounts",
    columns(
        text="id account_id name currency timezone_name",
        bigint="account_status disable_reason timezone_id",
        double="timezone_offset_hours_utc",
        timestamp="created_time",
    ),
    key=("id",),
)
CAMPAIGNS = RawTable(
    "campaigns",
    columns(
        text="id account_id name objective status effective_status buying_type "
        "bid_strategy",
        json="special_ad_categories",
        bigint="daily_budget lifetime_budget",
        timestamp="start_time stop_time created_time updated_time",
    ),
    key=("id",),
)
ADSETS = RawTable(
    "adsets",
    columns(
        text="id account_id campaign_id name status effective_status optimization_goal "
        "billing_event bid_strategy",
        json="attribution_spec",
        bigint="daily_budget lifetime_budget",
        timestamp="start_time end_time created_time updated_time",
    ),
    key=("id",),
)
ADS = RawTable(
    "ads",
    columns(
        text="id account_id campaign_id adset_id creative_id name status "
        "effective_status",
        timestamp="created_time updated_time",
    ),
    key=("id",),
)
ADCREATIVES = RawTable(
    "adcreatives",
    columns(
        text="id account_id name status title body object_type link_url object_url "
        "url_tags",
        json="object_story_spec",
    ),
    key=("id",),
)

# Statuses to ask for: Meta leaves archived and deleted objects out unless told.
_ALWAYS = "ACTIVE PAUSED DELETED ARCHIVED IN_PROCESS WITH_ISSUES"
CAMPAIGN_STATUSES = tuple(_ALWAYS.split())
ADSET_STATUSES = (*CAMPAIGN_STATUSES, "CAMPAIGN_PAUSED")
AD_STATUSES = (
    *ADSET_STATUSES,
    "ADSET_PAUSED",
    "PENDING_REVIEW",
    "DISAPPROVED",
    "PREAPPROVED",
    "PENDING_BILLING_INFO",
)

_WHAT = "account_id date_start campaign_id adset_id ad_id"
_METRICS = columns(
    text="account_currency",
    date="date_stop",
    bigint="impressions clicks inline_link_clicks",
    decimal="spend",
    json="actions action_values",
)


def _insights(name: str, *breakdowns: str) -> RawTable:
    """Return a table of daily figures per ad and breakdown.

    A re-read replaces whole days of an account: a row that Meta no longer reports
    must go. A day without rows keeps one marker, whose ad_id is "".
    """
    key = (*_WHAT.split(), *breakdowns)
    texts = [column for column in key if column != "date_start"]
    return RawTable(
        name,
        {**columns(text=" ".join(texts), date="date_start"), **_METRICS},
        key=key,
        replaced_set=("account_id", "date_start"),
        keeps_empty=frozenset(texts),
    )


# Meta does not combine publisher_platform with age and gender. Both tables hold the same
# impressions and the same spend: never add them together.
INSIGHTS_BY_PLATFORM = _insights("insights_by_platform", "publisher_platform")
INSIGHTS_BY_AGE_AND_GENDER = _insights("insights_by_age_and_gender", "age", "gender")
BREAKDOWNS = {
    INSIGHTS_BY_PLATFORM.name: ("publisher_platform",),
    INSIGHTS_BY_AGE_AND_GENDER.name: ("age", "gender"),
}
INSIGHT_FIELDS = (
    "account_id",
    "account_currency",
    "campaign_id",
    "adset_id",
    "ad_id",
    "impressions",
    "clicks",
    "inline_link_clicks",
    "spend",
    "actions",
    "action_values",
)
# 7d_view and 28d_view exist no more (January 2026).
ATTRIBUTION_WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view")
