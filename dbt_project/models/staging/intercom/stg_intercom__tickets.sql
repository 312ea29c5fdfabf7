-- Conversations as tickets. Intercom has three states, closed can be reopened
-- (solved) and snoozed waits for a day (hold); 0 as an assignee is nobody.
-- Grain: one row per conversation, deleted ones and merge losers included.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    conversations as ({{ newest_rows("intercom", "conversations") }}),
    deleted as (
        {{ newest_rows("intercom", "deleted_conversations", newest_by="deleted_at") }}
    ),
    losers as (
        select
            parts.conversation_id, min(cast(parts.created_at as timestamp)) as merged_at
        from
            (
                {{
                    newest_rows(
                        "intercom",
                        "conversation_parts",
                        key=["conversation_id", "id"],
                    )
                }}
            ) as parts
        where parts.part_type = 'merged_secondary_conversation'
        group by parts.conversation_id
    ),
    links as (
        select id, {{ explode_json_list("linked_objects") }} as linked_object
        from conversations
    ),
    survivors as (
        -- The survivor is the conversation that the loser is linked to.
        select id, min({{ json_text("linked_object", "id") }}) as surviving_id
        from links
        where {{ json_text("linked_object", "type") }} = 'conversation'
        group by id
    ),
    final as (
        select
            conversations.*,
            survivors.surviving_id,
            (losers.merged_at is not null) as is_merge_loser,
            (deleted.id is not null or conversations.is_vanished) as is_gone
        from conversations
        left join deleted on conversations.id = deleted.id
        left join losers on conversations.id = losers.conversation_id
        left join survivors on conversations.id = survivors.id
    )
select
    cast(id as string) as ticket_id,
    cast(contact_id as string) as requester_id,
    cast(company_id as string) as organization_id,
    cast(nullif(admin_assignee_id, '0') as string) as assignee_id,
    cast(nullif(team_assignee_id, '0') as string) as group_id,
    -- Conversations name no brand.
    cast(null as string) as brand_id,
    cast(
        coalesce(nullif(trim(title), ''), nullif(trim(source_subject), '')) as string
    ) as subject,
    cast(
        case
            source_type when 'conversation' then 'messenger' else source_type
        end as string
    ) as channel_name,
    cast(source_delivered_as as string) as ticket_type,
    cast(
        case
            priority when 'none' then null when 'medium' then 'normal' else priority
        end as string
    ) as priority_type,
    cast(
        case
            when is_gone
            then null
            when state = 'closed'
            then 'solved'
            when state = 'snoozed'
            then 'hold'
            else 'open'
        end as string
    ) as status_type,
    coalesce(is_gone, false) as is_deleted,
    coalesce(is_merge_loser, false) as is_merged,
    -- Intercom marks contacts as spammers, not conversations.
    false as is_spam,
    cast(tag_names as string) as tags,
    cast(
        case when is_merge_loser then surviving_id end as string
    ) as merged_into_ticket_id,
    -- Only Intercom's ticket objects have a date that they are due.
    cast(null as timestamp) as due_at,
    cast(created_at as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from final
