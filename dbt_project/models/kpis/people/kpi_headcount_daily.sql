-- K67: who is employed on each day: people, not positions; leave included. How many of
-- an age group or a tenure band are on leave is nobody's business: a few would be told.
-- Grain: one row per (calendar_date, scope_type, scope_name), without gaps from the
-- scope's first day on.
with
    intervals as (select * from {{ ref("int_headcount_intervals") }}),
    dates as (
        select * from {{ ref("dim_dates") }} where calendar_date <= {{ as_of_date() }}
    ),
    scopes as (
        select scope_type, scope_name, min(valid_from_date) as first_date
        from intervals
        group by scope_type, scope_name
    ),
    counted as (
        select
            dates.calendar_date,
            intervals.scope_type,
            intervals.scope_name,
            count(distinct intervals.person_key) as headcount_count,
            count(
                distinct case when intervals.is_on_leave then intervals.person_key end
            ) as on_leave_count
        from intervals
        inner join
            dates
            on intervals.valid_from_date <= dates.calendar_date
            and intervals.valid_until_date > dates.calendar_date
        group by dates.calendar_date, intervals.scope_type, intervals.scope_name
    )
select
    cast(dates.calendar_date as date) as calendar_date,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
    cast(coalesce(counted.headcount_count, 0) as bigint) as headcount_count,
    cast(
        case
            when scopes.scope_type not in ('age_group', 'tenure_band')
            then coalesce(counted.on_leave_count, 0)
        end as bigint
    ) as on_leave_count
from scopes
inner join dates on scopes.first_date <= dates.calendar_date
left join
    counted
    on dates.calendar_date = counted.calendar_date
    and scopes.scope_type = counted.scope_type
    and scopes.scope_name = counted.scope_name
