-- The days that the monthly helpdesk KPIs add up: each month, Gregorian and Jalali, and
-- of the month before the open one as many days as this one has.
-- Grain: one row per period_type, window_start_date, is_partial and calendar_date. A
-- whole month is compared with the whole window before, the open one with the partial.
with
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (select * from {{ ref("int_period_days") }})
select
    cast(periods.period_type as string) as period_type,
    cast(periods.period_start_date as date) as window_start_date,
    false as is_partial,
    cast(period_days.calendar_date as date) as calendar_date
from periods
inner join
    period_days
    on periods.period_type = period_days.period_type
    and periods.period_start_date = period_days.period_start_date
where period_days.comparison_type = 'current'
union all
select
    cast(periods.period_type as string) as period_type,
    cast(periods.prior_start_date as date) as window_start_date,
    true as is_partial,
    cast(period_days.calendar_date as date) as calendar_date
from periods
inner join
    period_days
    on periods.period_type = period_days.period_type
    and periods.period_start_date = period_days.period_start_date
where period_days.comparison_type = 'prior' and not periods.is_complete
