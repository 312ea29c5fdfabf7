"""Which fields the sandbox knows (of v26), their types, and where they may be asked.

Fewer than Google's: one that is missing here is answered as unrecognised, even if Google
has it.
"""

from ingestion.sandbox.server.vendors.google_ads.errors import query_error
from ingestion.sandbox.server.vendors.google_ads.gaql import Statement

_STATUS = {"UNSPECIFIED", "UNKNOWN", "ENABLED", "PAUSED", "REMOVED"}
_CONVERSION_STATUS = {"UNSPECIFIED", "UNKNOWN", "ENABLED", "REMOVED", "HIDDEN"}
_ACCOUNT_STATUS = {
    *("UNSPECIFIED", "UNKNOWN", "ENABLED", "CANCELED", "SUSPENDED", "CLOSED"),
}
_DEVICES = {
    *("UNSPECIFIED", "UNKNOWN", "MOBILE", "TABLET", "DESKTOP", "CONNECTED_TV", "OTHER"),
}
_NETWORKS = {
    *("UNSPECIFIED", "UNKNOWN", "SEARCH", "SEARCH_PARTNERS", "CONTENT", "MIXED"),
    *("YOUTUBE", "GOOGLE_TV", "GOOGLE_OWNED_CHANNELS", "GMAIL", "DISCOVER", "MAPS"),
}
_WEEKDAYS = {
    *("UNSPECIFIED", "UNKNOWN", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY"),
    *("FRIDAY", "SATURDAY", "SUNDAY"),
}


def _fields(resource: str, **names_by_type: str) -> dict[str, str]:
    return {
        f"{resource}.{name}": kind.rstrip("_")
        for kind, names in names_by_type.items()
        for name in names.split()
    }


# Field to type: text, int (int64, a text in JSON), int32, double, bool, enum, list, date.
FIELDS: dict[str, str] = {
    **_fields(
        "customer",
        text="resource_name descriptive_name currency_code time_zone "
        "tracking_url_template final_url_suffix",
        int="id",
        bool="manager test_account auto_tagging_enabled",
        enum="status",
    ),
    **_fields(
        "customer_client",
        text="resource_name client_customer descriptive_name currency_code time_zone",
        int="id level",
        bool="manager hidden test_account",
        enum="status",
        list="applied_labels",
    ),
    **_fields(
        "campaign",
        text="resource_name name campaign_budget start_date_time end_date_time "
        "tracking_url_template final_url_suffix",
        int="id",
        enum="status serving_status primary_status advertising_channel_type "
        "advertising_channel_sub_type bidding_strategy_type",
        list="labels",
    ),
    **_fields(
        "campaign_budget",
        text="resource_name name",
        int="id amount_micros total_amount_micros",
        bool="explicitly_shared",
        enum="status period delivery_method type",
    ),
    **_fields(
        "ad_group",
        text="resource_name name campaign tracking_url_template final_url_suffix",
        int="id cpc_bid_micros",
        enum="status type",
        list="labels",
    ),
    **_fields(
        "ad_group_ad",
        text="resource_name ad_group ad.resource_name ad.name "
        "ad.tracking_url_template ad.final_url_suffix ad.display_url",
        int="ad.id",
        enum="status ad.type",
        list="labels ad.final_urls",
    ),
    **_fields(
        "conversion_action",
        text="resource_name name owner_customer",
        int="id click_through_lookback_window_days view_through_lookback_window_days",
        bool="include_in_conversions_metric primary_for_goal",
        enum="status type category origin counting_type "
        "attribution_model_settings.attribution_model",
    ),
    **_fields(
        "segments",
        date="date week month quarter",
        int32="year",
        text="conversion_action conversion_action_name",
        enum="day_of_week device ad_network_type conversion_action_category",
    ),
    **_fields(
        "metrics",
        int="impressions clicks cost_micros view_through_conversions",
        double="conversions conversions_value all_conversions all_conversions_value "
        "ctr average_cpc average_cpm cost_per_conversion",
    ),
}
ENUMS = {
    "customer.status": _ACCOUNT_STATUS,
    "customer_client.status": _ACCOUNT_STATUS,
    "campaign.status": _STATUS,
    "campaign_budget.status": _STATUS - {"PAUSED"},
    "ad_group.status": _STATUS,
    "ad_group_ad.status": _STATUS,
    "conversion_action.status": _CONVERSION_STATUS,
    "segments.device": _DEVICES,
    "segments.ad_network_type": _NETWORKS,
    "segments.day_of_week": _WEEKDAYS,
}
# What may be selected beside a resource's own fields, the nearest first.
ATTRIBUTED = {
    "customer": (),
    "customer_client": ("customer",),
    "campaign": ("campaign_budget", "customer"),
    "campaign_budget": ("customer",),
    "ad_group": ("campaign", "customer"),
    "ad_group_ad": ("ad_group", "campaign", "customer"),
    "conversion_action": ("customer",),
}
WITH_METRICS = ("customer", "campaign", "ad_group", "ad_group_ad")
CORE_DATES = tuple(
    f"segments.{name}"
    for name in ("date", "week", "month", "quarter", "year", "day_of_week")
)
# A date range is made of these.
RANGE_DATES = CORE_DATES[:4]
# Metric to the sums that it is the ratio of, and a factor.
RATIOS = {
    "metrics.ctr": ("metrics.clicks", "metrics.impressions", 1),
    "metrics.average_cpc": ("metrics.cost_micros", "metrics.clicks", 1),
    "metrics.average_cpm": ("metrics.cost_micros", "metrics.impressions", 1000),
    "metrics.cost_per_conversion": ("metrics.cost_micros", "metrics.conversions", 1),
}
_BY_CONVERSION = ("metrics.conversions", "metrics.all_conversions")


def is_by_conversion(statement: Statement) -> bool:
    """Return whether figures are split by conversion action."""
    return any(
        field.startswith("segments.conversion_action") for field in named(statement)
    )


def named(statement: Statement) -> list[str]:
    """Return every field that a statement selects or filters by."""
    return [*statement.select, *(one.field for one in statement.where)]


def check(statement: Statement) -> None:
    """Refuse a statement whose fields do not exist or do not go together.

    Raises:
        Refusal: with Google's code for it.
    """
    resource = statement.resource
    if resource not in ATTRIBUTED:
        code = "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"
        raise query_error(code, f"'{resource}' is not a valid resource name.")
    ordered = [field for field, _ in statement.order_by]
    for field in [*named(statement), *ordered]:
        if field not in FIELDS:
            message = f"Unrecognized field in the query: '{field}'."
            raise query_error("UNRECOGNIZED_FIELD", message)
    _check_resources(statement)
    _check_figures(statement)
    selected = set(statement.select)
    for condition in statement.where:
        field = condition.field
        if field.startswith("segments.") and field not in {*CORE_DATES, *selected}:
            code = "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"
            message = f"'{field}' is in the WHERE clause and not in SELECT."
            raise query_error(code, message)
    for field in ordered:
        if field not in selected and field.partition(".")[0] != resource:
            code = "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE"
            raise query_error(code, f"'{field}' is ordered by and not in SELECT.")


def _check_resources(statement: Statement) -> None:
    allowed = {statement.resource, *ATTRIBUTED[statement.resource]}
    for clause, fields in (
        ("SELECT", statement.select),
        ("WHERE", [condition.field for condition in statement.where]),
    ):
        for field in fields:
            owner = field.partition(".")[0]
            if owner not in {*allowed, "segments", "metrics"}:
                code = f"PROHIBITED_RESOURCE_TYPE_IN_{clause}_CLAUSE"
                message = f"'{owner}' cannot be used with '{statement.resource}'."
                raise query_error(code, message)


def _check_figures(statement: Statement) -> None:
    fields = named(statement)
    metrics = [field for field in fields if field.startswith("metrics.")]
    segments = [field for field in fields if field.startswith("segments.")]
    if statement.resource not in WITH_METRICS and (metrics or segments):
        kind = "METRIC" if metrics else "SEGMENT"
        code = f"PROHIBITED_{kind}_IN_SELECT_OR_WHERE_CLAUSE"
        message = f"'{(metrics or segments)[0]}' does not go with the FROM clause."
        raise query_error(code, message)
    if is_by_conversion(statement):
        if statement.resource not in ("customer", "campaign"):
            code = "PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE"
            raise query_error(code, f"No conversion actions by {statement.resource}.")
        for field in metrics:
            if not field.startswith(_BY_CONVERSION):
                code = "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE"
                message = f"'{field}' cannot be split by conversion action."
                raise query_error(code, message)
        for field in segments:
            if field in ("segments.device", "segments.ad_network_type"):
                code = "PROHIBITED_FIELD_COMBINATION_IN_SELECT_CLAUSE"
                message = f"The sandbox has no conversion actions by '{field}'."
                raise query_error(code, message)
