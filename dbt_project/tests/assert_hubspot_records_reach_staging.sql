-- Fails if staging shows more or fewer records than HubSpot's completed loads brought.
{{ config(enabled=is_vendor_used("hubspot")) }}
{% set keys = {
    "deals": "deals",
    "companies": "companies",
    "contacts": "contacts",
    "products": "products",
    "line_items": "line_items",
    "meetings": "meetings",
    "calls": "calls",
    "emails": "emails",
    "tasks": "tasks",
    "goal_targets": "targets",
    "marketing_events": "marketing_events",
    "marketing_event_participations": "marketing_event_participations",
    "marketing_emails": "marketing_emails",
} %}
with
    counts as (
        {% for table, entity in keys.items() %}
            select
                '{{ table }}' as table_name,
                (
                    select count(distinct id)
                    from {{ source("hubspot", table) }}
                    where {{ completed_loads("hubspot") }}
                ) as loaded_count,
                (
                    select count(*) from {{ ref("stg_hubspot__" ~ entity) }}
                ) as staged_count
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
