-- Parts of conversations, with the status that each of them left behind where it says
-- one.
-- Grain: one row per conversation and part.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    parts as (
        {{
            newest_rows(
                "intercom", "conversation_parts", key=["conversation_id", "id"]
            )
        }}
    )
select
    cast(conversation_id as string) as ticket_id,
    cast(id as string) as part_id,
    cast(part_type as string) as part_type,
    cast(
        case
            when author_type in ('admin', 'team')
            then 'agent'
            when author_type = 'bot'
            then 'bot'
            else 'end_user'
        end as string
    ) as author_type,
    cast(author_id as string) as author_id,
    cast(nullif(trim(author_name), '') as string) as author_name,
    cast(
        case
            when part_type = 'close' or state = 'closed'
            then 'solved'
            when part_type = 'snoozed' or state = 'snoozed'
            then 'hold'
            -- Older parts say no state; these types reopen.
            when
                state = 'open'
                or part_type in (
                    'open',
                    'assign_and_reopen',
                    'note_and_reopen',
                    'unsnoozed',
                    'assign_and_unsnooze',
                    'timer_unsnooze'
                )
            then 'open'
        end as string
    ) as status_type,
    cast(
        case
            when assigned_to_type = 'team'
            then 'group'
            when assigned_to_type is not null
            then 'assignee'
        end as string
    ) as assigned_field_name,
    -- Type nobody_admin, or no id: the conversation was taken from its agent.
    cast(
        case
            when assigned_to_type in ('admin', 'team') then nullif(assigned_to_id, '0')
        end as string
    ) as assigned_value,
    coalesce(has_body, false) as has_body,
    part_type in ('note', 'note_and_reopen') as is_note,
    cast(created_at as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from parts
