-- The survey of a ticket: when it was first offered and the latest answer to it.
-- Grain: one row per ticket_key that was offered a survey.
with
    ratings as (
        select *, {{ surrogate_key(["vendor", "ticket_id"]) }} as ticket_key
        from {{ ref("int_satisfaction_ratings") }}
        where created_at <= {{ as_of() }}
    ),
    ranked as (
        select
            *,
            min(created_at) over (partition by ticket_key) as offered_at,
            -- An answer beats an offer made after it: an offer is no answer.
            row_number() over (
                partition by ticket_key
                order by
                    case when score_type = 'offered' then 1 else 0 end asc nulls last,
                    updated_at desc nulls last,
                    length(rating_id) desc nulls last,
                    rating_id desc nulls last
            ) as rating_rank
        from ratings
    )
select
    cast(ticket_key as string) as ticket_key,
    cast(vendor as string) as vendor,
    cast(group_id as string) as group_id,
    cast(assignee_id as string) as assignee_id,
    cast(score_type as string) as score_type,
    cast(offered_at as timestamp) as offered_at
from ranked
where rating_rank = 1
