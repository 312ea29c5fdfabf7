-- Meetings booked, held, cancelled and missed per day: what the monthly KPI adds up.
-- Grain: one row per scope_key and event_date, up to as_of_date.
-- Booked counts on the day of creation, the rest on the day of the (scheduled) start. A
-- rescheduled meeting has another record that stands for it, so it is only counted as
-- such.
with
    meetings as (
        select * from {{ ref("fct_activities") }} where activity_type = 'meeting'
    ),
    scopes as (select * from {{ ref("int_employee_scopes") }}),
    events as (
        select
            case when is_rescheduled then 'rescheduled' else 'booked' end as event_type,
            booked_date as event_date,
            booked_at as event_at,
            employee_key
        from meetings
        union all
        select
            case
                when is_held
                then 'held'
                when is_cancelled
                then 'cancelled'
                else 'no_show'
            end as event_type,
            started_date as event_date,
            started_at as event_at,
            employee_key
        from meetings
        where (is_held or is_cancelled or is_no_show) and not is_rescheduled
    )
select
    cast(scopes.scope_key as string) as scope_key,
    cast(events.event_date as date) as event_date,
    cast(
        count(*) filter (where events.event_type = 'booked') as bigint
    ) as booked_count,
    cast(
        count(*) filter (where events.event_type = 'rescheduled') as bigint
    ) as rescheduled_count,
    cast(count(*) filter (where events.event_type = 'held') as bigint) as held_count,
    cast(
        count(*) filter (where events.event_type = 'cancelled') as bigint
    ) as cancelled_count,
    cast(
        count(*) filter (where events.event_type = 'no_show') as bigint
    ) as no_show_count
from events
inner join
    scopes
    on events.employee_key = scopes.employee_key
    and events.event_at >= scopes.valid_from_at
    and events.event_at < scopes.valid_to_at
where events.event_date <= {{ as_of_date() }}
group by scopes.scope_key, events.event_date
