"""The definitions of properties, drawn from the objects themselves."""

from collections.abc import Iterable

from ingestion.sandbox.generator.hubspot.pipelines import STAGES

_NUMBERS = {
    "amount",
    "amount_in_home_currency",
    "annualrevenue",
    "discount",
    "hs_call_duration",
    "hs_cost_of_goods_sold",
    "hs_deal_stage_probability",
    "hs_exchange_rate",
    "hs_target_amount",
    "num_associated_contacts",
    "numberofemployees",
    "price",
    "quantity",
}
_DATETIMES = {
    "closedate",
    "createdate",
    "lastmodifieddate",
    "hs_createdate",
    "hs_end_datetime",
    "hs_lastmodifieddate",
    "hs_lifecyclestage_lead_date",
    "hs_lifecyclestage_marketingqualifiedlead_date",
    "hs_lifecyclestage_salesqualifiedlead_date",
    "hs_meeting_end_time",
    "hs_meeting_start_time",
    "hs_start_datetime",
    "hs_task_completion_date",
    "hs_timestamp",
}
_DATES = {"hs_recurring_billing_end_date", "hs_recurring_billing_start_date"}
_BOOLS = {"hs_email_optout", "hs_is_closed", "hs_is_closed_won"}
_CALCULATED = {
    "amount_in_home_currency",
    "hs_calculated_merged_vids",
    "hs_deal_stage_probability",
    "hs_is_closed",
    "hs_is_closed_won",
    "hs_merged_object_ids",
    "hs_recurring_billing_end_date",
}
_CUSTOM = {"date_of_birth"}
_ENUMERATIONS: dict[str, tuple[str, ...]] = {
    "dealtype": ("newbusiness", "existingbusiness"),
    "recurringbillingfrequency": (
        "weekly",
        "biweekly",
        "monthly",
        "quarterly",
        "per_six_months",
        "annually",
        "per_two_years",
        "per_three_years",
        "per_four_years",
        "per_five_years",
    ),
    "hs_call_direction": ("INBOUND", "OUTBOUND"),
    "hs_meeting_outcome": (
        "SCHEDULED",
        "COMPLETED",
        "RESCHEDULED",
        "NO_SHOW",
        "CANCELED",
    ),
    "lifecyclestage": (
        "subscriber",
        "lead",
        "marketingqualifiedlead",
        "opportunity",
        "customer",
    ),
    "dealstage": tuple(STAGES),
}


def property_lines(objects: Iterable[dict]) -> list[dict]:
    """Return one definition per property that any of the objects carries."""
    names: dict[str, None] = {}
    for item in objects:
        names.update(dict.fromkeys(item["properties"]))
    return [_definition(name) for name in sorted(names)]


def _definition(name: str) -> dict:
    kind, field_type = "string", "text"
    if name in _NUMBERS:
        kind, field_type = "number", "number"
    elif name in _DATETIMES or name.startswith("hs_v2_date_"):
        kind, field_type = "datetime", "date"
    elif name in _DATES:
        kind, field_type = "date", "date"
    elif name in _BOOLS:
        kind, field_type = "bool", "booleancheckbox"
    elif name in _ENUMERATIONS:
        kind, field_type = "enumeration", "select"
    options = [
        {
            "label": value.replace("_", " ").title(),
            "value": value,
            "displayOrder": order,
            "hidden": False,
        }
        for order, value in enumerate(_ENUMERATIONS.get(name, ()))
    ]
    return {
        "name": name,
        "label": name.removeprefix("hs_").replace("_", " ").capitalize(),
        "type": kind,
        "fieldType": field_type,
        "options": options,
        "calculated": name in _CALCULATED or name.startswith("hs_v2_date_"),
        "hubspotDefined": name not in _CUSTOM,
        "hasUniqueValue": False,
        "referencedObjectType": "OWNER" if name == "hubspot_owner_id" else None,
        "archived": False,
        "createdAt": "2024-02-01T09:00:00.000Z",
        "updatedAt": "2026-05-02T08:00:00.000Z",
    }
