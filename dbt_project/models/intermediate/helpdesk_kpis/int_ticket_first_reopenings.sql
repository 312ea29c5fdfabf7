-- K23: whether a solved ticket was reopened in the days after its first solve, and
-- whether these days are over.
-- Grain: one row per ticket_key that was ever solved.
{% set days = var("ticket_reopen_days", 14) %}
with
    tickets as (
        select * from {{ ref("fct_tickets") }} where first_solved_at is not null
    ),
    reopenings as (
        select ticket_key, min(started_at) as first_reopened_at
        from {{ ref("int_ticket_intervals") }}
        where
            field_name = 'status'
            and previous_value in ('solved', 'closed')
            and field_value not in ('solved', 'closed')
        group by ticket_key
    )
select
    cast(tickets.ticket_key as string) as ticket_key,
    {{ minutes_between("tickets.first_solved_at", as_of()) }}
    >= {{ days }} * 1440 as is_mature,
    coalesce(
        {{ minutes_between("tickets.first_solved_at", "reopenings.first_reopened_at") }}
        < {{ days }} * 1440,
        false
    ) as was_reopened_in_time,
    cast(reopenings.first_reopened_at as timestamp) as first_reopened_at
from tickets
left join reopenings on tickets.ticket_key = reopenings.ticket_key
