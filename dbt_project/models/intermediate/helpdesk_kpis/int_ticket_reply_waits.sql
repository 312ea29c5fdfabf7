-- K18: how long customers waited for each reply after the first one. A customer's
-- comments in a row are one question; an agent's public comment answers it, a solve
-- closes it.
-- Grain: one row per ticket_key and question_number.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    comments as (
        select *, {{ surrogate_key(["vendor", "ticket_id"]) }} as ticket_key
        from {{ ref("int_ticket_comments") }}
        where created_at <= {{ as_of() }} and is_public and author_type <> 'bot'
    ),
    solves as (
        select *
        from {{ ref("int_ticket_intervals") }}
        where field_name = 'status' and field_value in ('solved', 'closed')
    ),
    schedules as (select * from {{ ref("int_ticket_schedules") }}),
    business as (select * from {{ ref("int_business_stretches") }}),
    happenings as (
        select
            ticket_key,
            author_type as happening_type,
            created_at as happened_at,
            -- In one instant the comment came before the solve it was sent with.
            0 as rank_in_instant,
            comment_id as happening_id
        from comments
        union all
        select
            ticket_key,
            'solve' as happening_type,
            started_at as happened_at,
            1 as rank_in_instant,
            cast(interval_number as string) as happening_id
        from solves
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by ticket_key
                order by
                    happened_at asc nulls last,
                    rank_in_instant asc nulls last,
                    length(happening_id) asc nulls last,
                    happening_id asc nulls last
            ) as happening_number
        from happenings
    ),
    framed as (
        select
            *,
            lag(happening_type) over (
                partition by ticket_key order by happening_number asc nulls last
            ) as type_before,
            min(case when happening_type <> 'end_user' then happening_number end) over (
                partition by ticket_key
                order by happening_number asc nulls last
                rows between current row and unbounded following
            ) as ending_number
        from numbered
    ),
    questions as (
        select
            framed.ticket_key,
            framed.happened_at as asked_at,
            endings.happened_at as ended_at,
            case
                endings.happening_type
                when 'agent'
                then 'replied'
                when 'solve'
                then 'solved'
                else 'waiting'
            end as ending_type,
            row_number() over (
                partition by framed.ticket_key
                order by framed.happening_number asc nulls last
            ) as question_number
        from framed
        inner join tickets on framed.ticket_key = tickets.ticket_key
        left join
            framed as endings
            on framed.ticket_key = endings.ticket_key
            and framed.ending_number = endings.happening_number
        where
            framed.happening_type = 'end_user'
            and coalesce(framed.type_before, '') <> 'end_user'
            -- The first reply is K17.
            and framed.happened_at > tickets.first_replied_at
    ),
    final as (
        select
            questions.*,
            {{
                ticket_business_minutes_until(
                    "last_schedule", "closing", "questions.ended_at"
                )
            }}
            - {{
                ticket_business_minutes_until(
                    "first_schedule", "opening", "questions.asked_at"
                )
            }} as business_minutes
        from questions
        left join
            schedules as first_schedule
            on {{
                is_in_ticket_schedule(
                    "first_schedule", "questions.ticket_key", "questions.asked_at"
                )
            }}
        left join
            business as opening
            on {{
                is_in_business_stretch(
                    "opening",
                    "first_schedule.vendor",
                    "first_schedule.schedule_id",
                    "questions.asked_at",
                )
            }}
        left join
            schedules as last_schedule
            on {{
                is_in_ticket_schedule(
                    "last_schedule", "questions.ticket_key", "questions.ended_at"
                )
            }}
        left join
            business as closing
            on {{
                is_in_business_stretch(
                    "closing",
                    "last_schedule.vendor",
                    "last_schedule.schedule_id",
                    "questions.ended_at",
                )
            }}
    )
select
    cast(ticket_key as string) as ticket_key,
    cast(question_number as bigint) as question_number,
    cast(ending_type as string) as ending_type,
    cast(
        case
            when ending_type = 'replied'
            then {{ minutes_between("asked_at", "ended_at") }}
        end as double
    ) as reply_minutes,
    cast(
        case when ending_type = 'replied' then business_minutes end as double
    ) as reply_business_minutes,
    cast(asked_at as timestamp) as asked_at,
    cast(ended_at as timestamp) as ended_at
from final
