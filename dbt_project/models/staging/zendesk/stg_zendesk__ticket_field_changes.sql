-- What the fields of tickets were set to, creation included.
-- Grain: one row per ticket, event and field.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    changes as (
        {{
            newest_rows(
                "zendesk",
                "ticket_child_events",
                key=["event_id", "id", "field_name"],
                newest_by="created_at",
            )
        }}
    )
select
    cast(ticket_id as string) as ticket_id,
    cast(id as string) as change_id,
    cast(
        case
            field_name
            when 'assignee_id'
            then 'assignee'
            when 'group_id'
            then 'group'
            when 'requester_id'
            then 'requester'
            when 'organization_id'
            then 'organization'
            when 'brand_id'
            then 'brand'
            else field_name
        end as string
    ) as field_name,
    cast(
        case when event_type = 'Change' then nullif(previous_value, '') end as string
    ) as previous_value,
    cast(nullif(value, '') as string) as new_value,
    cast(author_id as string) as changed_by_user_id,
    cast(created_at as timestamp) as changed_at,
    {{ loaded_at() }} as _loaded_at
from changes
where
    event_type in ('Create', 'Change')
    and field_name <> ''
    and ticket_id is not null
    and created_at is not null
