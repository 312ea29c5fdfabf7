-- K14, K27: tickets created and solved per period, and by how many the backlog grew.
-- Grain: one row per period_type, period_start_date and scope_key; dense.
with
    events as (select * from {{ ref("int_ticket_events") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('day', 'week', 'month')
    ),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    scopes as (select * from {{ ref("int_ticket_scopes") }}),
    daily as (
        select
            scope_key,
            event_date,
            count(*) filter (where event_type = 'created') as created_count,
            count(*) filter (where event_type = 'first_solved') as first_solved_count,
            count(*) filter (where event_type = 'last_solved') as last_solved_count
        from events
        group by scope_key, event_date
    ),
    counted as (
        select
            daily.scope_key,
            period_days.period_type,
            period_days.period_start_date,
            sum(daily.created_count) as created_count,
            sum(daily.first_solved_count) as first_solved_count,
            sum(daily.last_solved_count) as last_solved_count
        from daily
        inner join period_days on daily.event_date = period_days.calendar_date
        group by daily.scope_key, period_days.period_type, period_days.period_start_date
    ),
    final as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            scopes.scope_key,
            scopes.scope_type,
            scopes.scope_name,
            periods.is_complete,
            coalesce(counted.created_count, 0) as created_count,
            coalesce(counted.first_solved_count, 0) as first_solved_count,
            coalesce(counted.last_solved_count, 0) as last_solved_count
        from scopes
        inner join periods on scopes.first_date <= periods.period_end_date
        left join
            counted
            on periods.period_type = counted.period_type
            and periods.period_start_date = counted.period_start_date
            and scopes.scope_key = counted.scope_key
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(scope_key as string) as scope_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(created_count as bigint) as created_count,
    cast(first_solved_count as bigint) as first_solved_count,
    cast(last_solved_count as bigint) as last_solved_count,
    cast(created_count - last_solved_count as bigint) as net_flow
from final
