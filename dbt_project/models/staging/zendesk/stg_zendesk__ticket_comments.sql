-- Comments on tickets, descriptions included; who wrote them is a matter of that time.
-- Grain: one row per ticket and comment.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    events as (
        {{
            newest_rows(
                "zendesk",
                "ticket_child_events",
                key=["event_id", "id", "field_name"],
                newest_by="created_at",
            )
        }}
    ),
    users as (select * from {{ ref("stg_zendesk__helpdesk_users") }})
select
    cast(events.ticket_id as string) as ticket_id,
    cast(events.id as string) as comment_id,
    cast(events.author_id as string) as author_id,
    cast(
        case
            -- Zendesk itself.
            when events.author_id = '-1'
            then 'bot'
            else coalesce(users.user_type, 'end_user')
        end as string
    ) as author_type,
    coalesce(events.public, true) as is_public,
    cast(
        case
            lower(events.via)
            when 'mail'
            then 'email'
            when 'web form'
            then 'web'
            when 'web service'
            then 'api'
            when 'phone call (inbound)'
            then 'voice'
            when 'phone call (outbound)'
            then 'voice'
            else replace(lower(events.via), ' ', '_')
        end as string
    ) as channel_name,
    cast(events.created_at as timestamp) as created_at,
    {{ loaded_at("events._dlt_load_id") }} as _loaded_at
from events
left join users on events.author_id = users.user_id
where
    events.event_type in ('Comment', 'VoiceComment')
    and events.ticket_id is not null
    and events.created_at is not null
