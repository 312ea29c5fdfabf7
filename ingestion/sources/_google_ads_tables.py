"""The tables of `raw_google_ads` and the GAQL fields that fill them (v26).

A column is named like its field, with the resource's own name left out where the table
is that resource's. Resource names (`customers/1/campaignBudgets/2`) and enums stay as
Google writes them, money is in millionths of the account's currency, days are days of
the account's time zone and so are the texts `*_date_time`.
"""

from ingestion.records import RawTable, columns
from ingestion.sources._google_ads_api import Query


def _own(resource: str, *names: str) -> dict[str, str]:
    """Return columns that are named like the fields of a resource."""
    return {name.replace(".", "_"): f"{resource}.{name}" for name in names}


CUSTOMERS = Query(
    RawTable(
        "customers",
        columns(
            text="id descriptive_name currency_code time_zone status "
            "manager_customer_id",
            bool="manager hidden test_account",
            bigint="level",
        ),
        key=("id",),
    ),
    "customer_client",
    _own(
        "customer_client",
        *("id", "descriptive_name", "currency_code", "time_zone", "status"),
        *("manager", "hidden", "test_account", "level"),
    ),
)
CONVERSION_ACTIONS = Query(
    RawTable(
        "conversion_actions",
        columns(
            text="customer_id id name category status type counting_type "
            "attribution_model",
            bool="include_in_conversions_metric primary_for_goal",
            bigint="click_through_lookback_window_days "
            "view_through_lookback_window_days",
        ),
        key=("customer_id", "id"),
    ),
    "conversion_action",
    {
        "customer_id": "customer.id",
        **_own(
            "conversion_action",
            *("id", "name", "category", "status", "type", "counting_type"),
            *("include_in_conversions_metric", "primary_for_goal"),
            "click_through_lookback_window_days",
            "view_through_lookback_window_days",
        ),
        "attribution_model": (
            "conversion_action.attribution_model_settings.attribution_model"
        ),
    },
)
CAMPAIGNS = Query(
    RawTable(
        "campaigns",
        columns(
            text="customer_id id name status serving_status advertising_channel_type "
            "advertising_channel_sub_type bidding_strategy_type campaign_budget "
            "start_date_time end_date_time tracking_url_template final_url_suffix",
            json="labels",
        ),
        key=("customer_id", "id"),
    ),
    "campaign",
    {
        "customer_id": "customer.id",
        **_own(
            "campaign",
            *("id", "name", "status", "serving_status", "advertising_channel_type"),
            *("advertising_channel_sub_type", "bidding_strategy_type"),
            *("campaign_budget", "start_date_time", "end_date_time"),
            *("tracking_url_template", "final_url_suffix", "labels"),
        ),
    },
)
CAMPAIGN_BUDGETS = Query(
    RawTable(
        "campaign_budgets",
        columns(
            text="customer_id id name status period delivery_method",
            bigint="amount_micros total_amount_micros",
            bool="explicitly_shared",
        ),
        key=("customer_id", "id"),
    ),
    "campaign_budget",
    {
        "customer_id": "customer.id",
        **_own(
            "campaign_budget",
            *("id", "name", "status", "period", "delivery_method", "amount_micros"),
            *("total_amount_micros", "explicitly_shared"),
        ),
    },
)
AD_GROUPS = Query(
    RawTable(
        "ad_groups",
        columns(text="customer_id campaign_id id name status type"),
        key=("customer_id", "id"),
    ),
    "ad_group",
    {
        "customer_id": "customer.id",
        "campaign_id": "campaign.id",
        **_own("ad_group", "id", "name", "status", "type"),
    },
)
ADS = Query(
    RawTable(
        "ads",
        columns(
            text="customer_id campaign_id ad_group_id id name status type "
            "tracking_url_template final_url_suffix",
            json="final_urls",
        ),
        key=("customer_id", "ad_group_id", "id"),
    ),
    "ad_group_ad",
    {
        "customer_id": "customer.id",
        "campaign_id": "campaign.id",
        "ad_group_id": "ad_group.id",
        "status": "ad_group_ad.status",
        **_own(
            "ad_group_ad.ad",
            *("id", "name", "type", "final_urls", "tracking_url_template"),
            "final_url_suffix",
        ),
    },
)
# What is read whole at every load: small, and Google says of no change when it was.
LISTS = (CAMPAIGNS, CAMPAIGN_BUDGETS, AD_GROUPS, ADS)

_WHEN = {"customer_id": "customer.id", "date": "segments.date"}
_CONVERSIONS = ("conversions", "conversions_value", "all_conversions")
_METRICS = ("impressions", "clicks", "cost_micros", *_CONVERSIONS)
_WHOLE_NUMBERS = ("impressions", "clicks", "cost_micros", "view_through_conversions")


def _facts(
    name: str, resource: str, split_by: dict[str, str], *metrics: str, names: str = ""
) -> Query:
    """Return a table of daily figures, whose account-days are replaced whole.

    Figures are restated, and a row without figures is no longer sent. Each account-day
    has one marker, whose ids are "", so that a day that lost all its rows is replaced.
    """
    texts = " ".join(["customer_id", *split_by])
    counts = [one for one in metrics if one in _WHOLE_NUMBERS]
    values = [one for one in metrics if one.endswith("_value")]
    doubles = [one for one in metrics if one not in counts and one not in values]
    key = tuple(column for column in split_by if column not in names.split())
    table = RawTable(
        name,
        columns(
            text=texts,
            date="date",
            bigint=" ".join(counts),
            double=" ".join(doubles),
            decimal=" ".join(values),
        ),
        key=("customer_id", "date", *key),
        replaced_set=("customer_id", "date"),
        keeps_empty=frozenset(key),
    )
    return Query(table, resource, {**_WHEN, **split_by, **_own("metrics", *metrics)})


CAMPAIGN_STATS = _facts(
    "campaign_stats",
    "campaign",
    {
        "campaign_id": "campaign.id",
        "device": "segments.device",
        "ad_network_type": "segments.ad_network_type",
    },
    *_METRICS,
    "view_through_conversions",
)
AD_STATS = _facts(
    "ad_stats",
    "ad_group_ad",
    {
        "campaign_id": "campaign.id",
        "ad_group_id": "ad_group.id",
        "ad_id": "ad_group_ad.ad.id",
    },
    *_METRICS,
)
# Cost and clicks cannot be split by what was bought.
CONVERSION_STATS = _facts(
    "conversion_stats",
    "campaign",
    {
        "campaign_id": "campaign.id",
        "conversion_action": "segments.conversion_action",
        "conversion_action_name": "segments.conversion_action_name",
        "conversion_action_category": "segments.conversion_action_category",
    },
    *_CONVERSIONS,
    "all_conversions_value",
    names="conversion_action_name conversion_action_category",
)
FACTS = (CAMPAIGN_STATS, AD_STATS, CONVERSION_STATS)
