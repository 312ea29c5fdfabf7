"""HubSpot CRM: deals, contacts, companies, activities, goals, marketing.

Endpoints (version 2026-09): POST /crm/objects/2026-09/{object}/search,
POST /crm/objects/2026-09/{object}/batch/read, GET /crm/objects/2026-09/{object},
POST /crm/associations/2026-09/{from}/{to}/batch/read, GET /crm/pipelines/2026-09/deals,
GET /crm/owners/2026-09, GET /settings/users/2026-03/teams,
GET /crm/properties/2026-09/{object}, GET /marketing/marketing-events/2026-09 and
/participations/{id}/breakdown, GET /marketing/emails/2026-09,
GET /settings/currencies/2026-09/exchange-rates, GET /account-info/2026-09/details.
"""

from dataclasses import dataclass, field

# Types: text, bigint, double, decimal, bool, timestamp, date, json.


@dataclass(frozen=True)
class CrmObject:
    """A CRM object type: the properties we read, and what they are."""

    name: str
    cursor: str
    properties: dict[str, str]
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = field(default=())


_OWNED = {"hubspot_owner_id": "text"}
_ACTIVITY = {
    "hs_timestamp": "timestamp",
    "hs_createdate": "timestamp",
    "hs_lastmodifieddate": "timestamp",
    **_OWNED,
    "hs_created_by_user_id": "text",
}
_ACTIVITY_ASSOCIATIONS = ("contacts", "companies", "deals")

CRM_OBJECTS = (
    CrmObject(
        "contacts",
        "lastmodifieddate",
        {
            "email": "text",
            "firstname": "text",
            "lastname": "text",
            "phone": "text",
            "country": "text",
            "lifecyclestage": "text",
            "hs_lead_status": "text",
            "hs_analytics_source": "text",
            "hs_analytics_source_data_1": "text",
            "hs_analytics_source_data_2": "text",
            "hs_email_optout": "bool",
            "date_of_birth": "text",
            **_OWNED,
            "associatedcompanyid": "text",
            "hs_merged_object_ids": "text",
            "hs_calculated_merged_vids": "text",
            "createdate": "timestamp",
            "lastmodifieddate": "timestamp",
        },
        associations=("companies",),
    ),
    CrmObject(
        "companies",
        "hs_lastmodifieddate",
        {
            "name": "text",
            "domain": "text",
            "industry": "text",
            "numberofemployees": "bigint",
            "annualrevenue": "decimal",
            "country": "text",
            "state": "text",
            "city": "text",
            "lifecyclestage": "text",
            **_OWNED,
            "hs_merged_object_ids": "text",
            "createdate": "timestamp",
            "hs_lastmodifieddate": "timestamp",
        },
    ),
    CrmObject(
        "deals",
        "hs_lastmodifieddate",
        {
            "dealname": "text",
            "pipeline": "text",
            "dealstage": "text",
            "amount": "decimal",
            "deal_currency_code": "text",
            "amount_in_home_currency": "decimal",
            "hs_exchange_rate": "decimal",
            "closedate": "timestamp",
            "createdate": "timestamp",
            "hs_is_closed": "bool",
            "hs_is_closed_won": "bool",
            "hs_deal_stage_probability": "double",
            "dealtype": "text",
            "closed_won_reason": "text",
            "closed_lost_reason": "text",
            **_OWNED,
            "hs_merged_object_ids": "text",
            "hs_lastmodifieddate": "timestamp",
        },
        history=("dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
        associations=("contacts", "companies", "line_items"),
    ),
    CrmObject(
        "products",
        "hs_lastmodifieddate",
        {
            "name": "text",
            "hs_sku": "text",
            "price": "decimal",
            "hs_cost_of_goods_sold": "decimal",
            "description": "text",
            "hs_product_type": "text",
            "createdate": "timestamp",
            "hs_lastmodifieddate": "timestamp",
        },
    ),
    CrmObject(
        "line_items",
        "hs_lastmodifieddate",
        {
            "name": "text",
            "hs_product_id": "text",
            "hs_sku": "text",
            "price": "decimal",
            "quantity": "decimal",
            "amount": "decimal",
            "discount": "decimal",
            "hs_line_item_currency_code": "text",
            "createdate": "timestamp",
            "hs_lastmodifieddate": "timestamp",
        },
    ),
    CrmObject(
        "meetings",
        "hs_lastmodifieddate",
        {
            **_ACTIVITY,
            "hs_meeting_title": "text",
            "hs_meeting_start_time": "timestamp",
            "hs_meeting_end_time": "timestamp",
            "hs_meeting_outcome": "text",
            "hs_activity_type": "text",
            "hs_attendee_owner_ids": "text",
        },
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "calls",
        "hs_lastmodifieddate",
        {
            **_ACTIVITY,
            "hs_call_title": "text",
            "hs_call_direction": "text",
            "hs_call_duration": "bigint",
            "hs_call_status": "text",
            "hs_call_disposition": "text",
        },
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "emails",
        "hs_lastmodifieddate",
        {
            **_ACTIVITY,
            "hs_email_direction": "text",
            "hs_email_status": "text",
            "hs_email_subject": "text",
        },
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "tasks",
        "hs_lastmodifieddate",
        {
            **_ACTIVITY,
            "hs_task_subject": "text",
            "hs_task_status": "text",
            "hs_task_type": "text",
            "hs_task_priority": "text",
            "hs_task_completion_date": "timestamp",
        },
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "goal_targets",
        "hs_lastmodifieddate",
        {
            "hs_goal_name": "text",
            "hs_goal_type": "text",
            "hs_milestone": "text",
            "hs_target_amount": "decimal",
            "hs_start_datetime": "timestamp",
            "hs_end_datetime": "timestamp",
            "hs_group_correlation_uuid": "text",
            **_OWNED,
            "hs_assignee_team_id": "text",
            "hs_kpi_object_type_id": "text",
            "hs_kpi_metric_type": "text",
            "hs_goal_target_currency_code": "text",
            "hs_createdate": "timestamp",
            "hs_lastmodifieddate": "timestamp",
        },
    ),
)
