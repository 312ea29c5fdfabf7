-- As of which day each month's health is scored: its last day, the open month's today.
-- Grain: one row per (period_type, health_month). The months of both calendars since
-- the first order, visit or ticket, at most health_history_months back.
with
    periods as (
        select
            *,
            row_number() over (
                partition by period_type order by period_start_date desc nulls last
            ) as age_number
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    firsts as (
        select min(activity_date) as first_date
        from {{ ref("int_health_activity_days") }}
    )
select
    cast(periods.period_type as string) as period_type,
    periods.is_complete,
    cast(periods.period_start_date as date) as health_month,
    cast(least(periods.period_end_date, {{ as_of_date() }}) as date) as evaluation_date
from periods
inner join firsts on periods.period_end_date >= firsts.first_date
where periods.age_number <= {{ var("health_history_months") }} + 1
