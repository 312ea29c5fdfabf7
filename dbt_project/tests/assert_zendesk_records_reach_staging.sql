-- Fails if staging shows more or fewer records than Zendesk's completed loads brought.
{{ config(enabled=is_vendor_used("zendesk")) }}
{% set keys = {
    "tickets": "tickets",
    "users": "helpdesk_users",
    "organizations": "helpdesk_organizations",
    "groups": "helpdesk_groups",
} %}
with
    counts as (
        {% for table, entity in keys.items() %}
            select
                '{{ table }}' as table_name,
                (
                    select count(distinct id)
                    from {{ source("zendesk", table) }}
                    where {{ completed_loads("zendesk") }}
                ) as loaded_count,
                (
                    select count(*) from {{ ref("stg_zendesk__" ~ entity) }}
                ) as staged_count
            union all
        {% endfor %}
        select
            'ticket_child_events' as table_name,
            (
                select count(*)
                from {{ source("zendesk", "ticket_child_events") }}
                where {{ completed_loads("zendesk") }}
            ) as loaded_count,
            (select count(*) from {{ ref("stg_zendesk__ticket_field_changes") }})
            + (select count(*) from {{ ref("stg_zendesk__ticket_comments") }})
            + (
                -- Notifications and the like are neither a change nor a comment.
                select count(*)
                from {{ source("zendesk", "ticket_child_events") }}
                where
                    event_type not in ('Create', 'Change', 'Comment', 'VoiceComment')
                    or (event_type in ('Create', 'Change') and field_name = '')
            ) as staged_count
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
