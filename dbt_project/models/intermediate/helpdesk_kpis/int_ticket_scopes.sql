-- Every scope that a ticket was ever in, and since when: what KPI tables have rows for.
-- Grain: one row per scope_key.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    intervals as (
        select intervals.*, tickets.channel_name
        from {{ ref("fct_ticket_intervals") }} as intervals
        inner join tickets on intervals.ticket_key = tickets.ticket_key
    ),
    {{ ticket_scopes("intervals", ["started_at"]) }}
select
    cast(scope_key as string) as scope_key,
    cast(scope_type as string) as scope_type,
    cast(max(scope_name) as string) as scope_name,
    cast({{ local_date("min(started_at)") }} as date) as first_date
from scoped
group by scope_key, scope_type
