-- Ratings of conversations: 4 and 5 of 5 are good, as Intercom's own CSAT counts; a
-- rating that was asked for and not given is offered.
-- Grain: one row per rated or asked conversation.
{{ config(enabled=is_vendor_used("intercom")) }}
with conversations as ({{ newest_rows("intercom", "conversations") }})
select
    -- A conversation has one rating, without an id of its own.
    cast(id as string) as rating_id,
    cast(id as string) as ticket_id,
    cast(
        coalesce(conversation_rating_contact_id, contact_id) as string
    ) as requester_id,
    cast(conversation_rating_teammate_id as string) as assignee_id,
    cast(nullif(team_assignee_id, '0') as string) as group_id,
    cast(
        case
            when conversation_rating_rating is null
            then 'offered'
            when conversation_rating_rating >= 4
            then 'good'
            else 'bad'
        end as string
    ) as score_type,
    cast(nullif(trim(conversation_rating_remark), '') as string) as comment_text,
    cast(conversation_rating_created_at as timestamp) as created_at,
    cast(
        coalesce(
            conversation_rating_updated_at, conversation_rating_created_at
        ) as timestamp
    ) as updated_at,
    {{ loaded_at() }} as _loaded_at
from conversations
where
    conversation_rating_created_at is not null or conversation_rating_rating is not null
