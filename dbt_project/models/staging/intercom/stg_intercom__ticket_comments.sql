-- What was said in conversations: the first message and every part that has a text (an
-- agent may close or assign with words). Notes are for colleagues only.
-- Grain: one row per conversation and message; 'source-' marks the first.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    conversations as ({{ newest_rows("intercom", "conversations") }}),
    parts as (select * from {{ ref("stg_intercom__conversation_parts") }}),
    comments as (
        select
            id as ticket_id,
            'source-' || coalesce(source_id, id) as comment_id,
            source_author_id as author_id,
            case
                when source_author_type in ('admin', 'team')
                then 'agent'
                when source_author_type = 'bot'
                then 'bot'
                else 'end_user'
            end as author_type,
            true as is_public,
            cast(created_at as timestamp) as created_at,
            {{ loaded_at() }} as _loaded_at
        from conversations
        union all
        select
            ticket_id,
            part_id as comment_id,
            author_id,
            author_type,
            not is_note as is_public,
            created_at,
            _loaded_at
        from parts
        where has_body or part_type in ('comment', 'note', 'note_and_reopen')
    )
select
    cast(comments.ticket_id as string) as ticket_id,
    cast(comments.comment_id as string) as comment_id,
    cast(comments.author_id as string) as author_id,
    cast(comments.author_type as string) as author_type,
    comments.is_public,
    tickets.channel_name,
    comments.created_at,
    comments._loaded_at
from comments
left join
    {{ ref("stg_intercom__tickets") }} as tickets
    on comments.ticket_id = tickets.ticket_id
where comments.created_at is not null
