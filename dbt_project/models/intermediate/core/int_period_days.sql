-- Which days each period sums, and which its comparisons sum, so that a KPI is one
-- join.
-- Grain: one row per (period_type, period_start_date, comparison_type, calendar_date).
with
    dates as (
        select * from {{ ref("dim_dates") }} where calendar_date <= {{ as_of_date() }}
    ),
    periods as (select * from {{ ref("int_periods") }}),
    windows as (
        select
            period_type,
            period_start_date,
            'current' as comparison_type,
            period_start_date as first_date,
            period_end_date as last_date
        from periods
        union all
        select
            period_type,
            period_start_date,
            'prior' as comparison_type,
            prior_start_date as first_date,
            prior_end_date as last_date
        from periods
        union all
        select
            period_type,
            period_start_date,
            'prior_year' as comparison_type,
            prior_year_start_date as first_date,
            prior_year_end_date as last_date
        from periods
    ),
    offsets as (select cast(day as int) as day from range(0, 366) as days(day)),
    final as (
        select
            windows.period_type,
            windows.period_start_date,
            windows.comparison_type,
            windows.first_date + offsets.day as calendar_date
        from windows
        inner join
            offsets
            on offsets.day
            <= {{ days_between("windows.first_date", "windows.last_date") }}
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.comparison_type as string) as comparison_type,
    cast(final.period_start_date as date) as period_start_date,
    cast(final.calendar_date as date) as calendar_date
from final
inner join dates on final.calendar_date = dates.calendar_date
