-- Who wrote how often on a ticket, and when an agent first replied, as far as as_of.
-- Bots' comments count nowhere.
-- Grain: one row per ticket_key that has a comment of a human.
with
    comments as (
        select
            *,
            {{ surrogate_key(["vendor", "ticket_id"]) }} as ticket_key,
            row_number() over (
                partition by vendor, ticket_id
                order by
                    created_at asc nulls last,
                    length(comment_id) asc nulls last,
                    comment_id asc nulls last
            ) as comment_number
        from {{ ref("int_ticket_comments") }}
        where created_at <= {{ as_of() }} and author_type <> 'bot'
    ),
    marked as (
        select
            *,
            author_type = 'agent' and is_public as is_public_agent_comment,
            -- The description of a ticket that an agent opened answers nobody.
            author_type = 'agent'
            and is_public
            and comment_number = 1 as is_agents_description
        from comments
    )
select
    cast(ticket_key as string) as ticket_key,
    bool_or(is_agents_description) as is_opened_by_agent,
    cast(
        count(*) filter (where is_public_agent_comment) as bigint
    ) as public_agent_comment_count,
    cast(
        count(*) filter (
            where is_public_agent_comment and not is_agents_description
        ) as bigint
    ) as reply_count,
    cast(
        count(*) filter (where author_type = 'end_user' and is_public) as bigint
    ) as customer_comment_count,
    cast(
        count(distinct case when author_type = 'agent' then author_id end) as bigint
    ) as commenting_agent_count,
    cast(
        min(
            case
                when is_public_agent_comment and not is_agents_description
                then created_at
            end
        ) as timestamp
    ) as first_replied_at
from marked
group by ticket_key
