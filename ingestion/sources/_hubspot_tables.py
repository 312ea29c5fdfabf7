"""The tables of `raw_hubspot`: their columns, types and keys, as HubSpot names them.

A column is named like HubSpot's field, in snake case; a property keeps its name.
"""

from dataclasses import dataclass

from ingestion.records import RawTable, columns


@dataclass(frozen=True)
class CrmObject:
    """A CRM object type: the properties we read, and what they are."""

    name: str
    cursor: str
    properties: dict[str, str]
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()


_ACTIVITY = columns(
    timestamp="hs_timestamp hs_createdate hs_lastmodifieddate",
    text="hubspot_owner_id hs_created_by_user_id",
)
_ACTIVITY_ASSOCIATIONS = ("contacts", "companies", "deals")

CRM_OBJECTS = (
    CrmObject(
        "contacts",
        "lastmodifieddate",
        columns(
            text="email firstname lastname phone country lifecyclestage hs_lead_status "
            "hs_analytics_source hs_analytics_source_data_1 hs_analytics_source_data_2 "
            "date_of_birth hubspot_owner_id associatedcompanyid hs_merged_object_ids "
            "hs_calculated_merged_vids",
            bool="hs_email_optout",
            timestamp="createdate lastmodifieddate hs_lifecyclestage_lead_date "
            "hs_lifecyclestage_marketingqualifiedlead_date "
            "hs_lifecyclestage_salesqualifiedlead_date",
        ),
        associations=("companies",),
    ),
    CrmObject(
        "companies",
        "hs_lastmodifieddate",
        columns(
            text="name domain industry country state city lifecyclestage "
            "hubspot_owner_id hs_merged_object_ids",
            bigint="numberofemployees",
            decimal="annualrevenue",
            timestamp="createdate hs_lastmodifieddate",
        ),
    ),
    CrmObject(
        "deals",
        "hs_lastmodifieddate",
        columns(
            text="dealname pipeline dealstage deal_currency_code dealtype "
            "closed_won_reason closed_lost_reason hubspot_owner_id hs_merged_object_ids",
            decimal="amount amount_in_home_currency hs_exchange_rate",
            bool="hs_is_closed hs_is_closed_won",
            double="hs_deal_stage_probability",
            timestamp="closedate createdate hs_lastmodifieddate",
        ),
        history=("dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
        associations=("contacts", "companies", "line_items"),
    ),
    CrmObject(
        "products",
        "hs_lastmodifieddate",
        columns(
            text="name hs_sku description hs_product_type",
            decimal="price hs_cost_of_goods_sold",
            timestamp="createdate hs_lastmodifieddate",
        ),
    ),
    CrmObject(
        "line_items",
        "hs_lastmodifieddate",
        columns(
            text="name hs_product_id hs_sku hs_line_item_currency_code "
            "recurringbillingfrequency hs_recurring_billing_period",
            decimal="price quantity amount discount",
            date="hs_recurring_billing_start_date hs_recurring_billing_end_date",
            timestamp="createdate hs_lastmodifieddate",
        ),
    ),
    CrmObject(
        "meetings",
        "hs_lastmodifieddate",
        _ACTIVITY
        | columns(
            text="hs_meeting_title hs_meeting_outcome hs_activity_type "
            "hs_attendee_owner_ids",
            timestamp="hs_meeting_start_time hs_meeting_end_time",
        ),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "calls",
        "hs_lastmodifieddate",
        _ACTIVITY
        | columns(
            text="hs_call_title hs_call_direction hs_call_status hs_call_disposition",
            bigint="hs_call_duration",
        ),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "emails",
        "hs_lastmodifieddate",
        _ACTIVITY | columns(text="hs_email_direction hs_email_status hs_email_subject"),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "tasks",
        "hs_lastmodifieddate",
        _ACTIVITY
        | columns(
            text="hs_task_subject hs_task_status hs_task_type hs_task_priority",
            timestamp="hs_task_completion_date",
        ),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "goal_targets",
        "hs_lastmodifieddate",
        columns(
            text="hs_goal_name hs_goal_type hs_milestone hs_group_correlation_uuid "
            "hubspot_owner_id hs_assignee_team_id hs_kpi_object_type_id "
            "hs_kpi_metric_type hs_goal_target_currency_code",
            decimal="hs_target_amount",
            timestamp="hs_start_datetime hs_end_datetime hs_createdate "
            "hs_lastmodifieddate",
        ),
    ),
)
_RECORD = columns(timestamp="created_at updated_at archived_at", bool="archived")

OBJECT_TABLES = {
    crm.name: RawTable(
        crm.name,
        {"id": "text", **crm.properties, **_RECORD},
        key=("id",),
        newest_by="updated_at",
    )
    for crm in CRM_OBJECTS
}
DEAL_PROPERTY_HISTORY = RawTable(
    "deal_property_history",
    columns(
        text="deal_id property value source_type source_id", timestamp="changed_at"
    ),
    key=("deal_id", "property", "changed_at", "value"),
    # "" is a cleared property, and NULL in a key never equals itself.
    keeps_empty=frozenset({"value"}),
)
ASSOCIATIONS = RawTable(
    "associations",
    columns(text="from_type from_id to_type to_id category label", bigint="type_id"),
    key=("from_type", "from_id", "to_type", "to_id", "type_id"),
    replaced_set=("from_type", "from_id", "to_type"),
    keeps_empty=frozenset({"to_id"}),
)
PIPELINES = RawTable(
    "pipelines",
    columns(
        text="id label",
        bigint="display_order",
        bool="archived",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
PIPELINE_STAGES = RawTable(
    "pipeline_stages",
    columns(
        text="pipeline_id id label",
        bigint="display_order",
        bool="is_closed archived",
        double="probability",
        timestamp="created_at updated_at",
    ),
    key=("pipeline_id", "id"),
)
OWNERS = RawTable(
    "owners",
    columns(
        text="id email type first_name last_name user_id user_id_including_inactive "
        "row_hash",
        bool="archived",
        json="teams",
        timestamp="created_at updated_at extracted_at",
    ),
    key=("id", "row_hash"),
)
TEAMS = RawTable(
    "teams",
    columns(
        text="id name row_hash",
        json="user_ids secondary_user_ids",
        timestamp="extracted_at",
    ),
    key=("id", "row_hash"),
)
ACCOUNT_INFO = RawTable(
    "account_info",
    columns(text="portal_id time_zone company_currency", json="additional_currencies"),
    key=("portal_id",),
)
EXCHANGE_RATES = RawTable(
    "exchange_rates",
    # A rial is 0.0000208 euro: nine decimals would leave three digits of the rate.
    columns(text="id from_currency_code to_currency_code")
    | {"conversion_rate": "decimal(38,18)"}
    | columns(timestamp="effective_at updated_at"),
    key=("id",),
)
MARKETING_EVENTS = RawTable(
    "marketing_events",
    columns(
        text="id external_event_id event_name event_type event_organizer event_status",
        bool="event_cancelled event_completed",
        bigint="registrants attendees cancellations no_shows",
        json="custom_properties",
        timestamp="start_at end_at created_at updated_at",
    ),
    key=("id",),
)
MARKETING_EVENT_PARTICIPATIONS = RawTable(
    "marketing_event_participations",
    columns(
        text="id marketing_event_id contact_id contact_email attendance_state",
        bigint="attendance_duration_seconds",
        double="attendance_percentage",
        timestamp="occurred_at",
    ),
    key=("id",),
)
EMAIL_COUNTERS = (
    "sent delivered open click bounce hardbounced softbounced unsubscribed reply "
    "spamreport"
)
MARKETING_EMAILS = RawTable(
    "marketing_emails",
    columns(
        text="id name subject type state campaign campaign_name subscription_id",
        bigint=EMAIL_COUNTERS,
        bool="is_ab archived",
        timestamp="publish_date created_at updated_at",
    ),
    key=("id",),
)
PROPERTIES = RawTable(
    "properties",
    columns(
        text="object_type name label type field_type",
        bool="calculated hubspot_defined archived",
        json="options",
        timestamp="updated_at",
    ),
    key=("object_type", "name"),
)
# Portal types that can never hold what we read a property as.
_NOT_NUMBERS = {"string", "enumeration", "phone_number", "json", "date", "datetime"}
UNFIT_TYPES = {
    "bigint": _NOT_NUMBERS | {"bool"},
    "decimal": _NOT_NUMBERS | {"bool"},
    "double": _NOT_NUMBERS | {"bool"},
    "timestamp": {"enumeration", "phone_number", "json", "bool", "number"},
}
