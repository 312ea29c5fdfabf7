-- K70: what led from one month's headcount to the next. Opening and closing are counted
-- from who was employed, the movements from what happened; the test adds them up. Into
-- an age group or tenure band people come by time: the two columns named aged.
-- Grain: one row per (period_type, headcount_month, scope_type, scope_name), as
-- kpi_headcount_monthly.
{% set movements = [
    "hire",
    "transfer_in",
    "aged_in",
    "separation",
    "transfer_out",
    "aged_out",
] %}
with
    headcounts as (select * from {{ ref("kpi_headcount_monthly") }}),
    changes as (select * from {{ ref("fct_headcount_changes") }}),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            changes.scope_type,
            changes.scope_name,
            {% for movement in movements %}
                count(*) filter (
                    where changes.change_type = '{{ movement }}'
                ) as {{ movement }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from changes
        inner join period_days on changes.change_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            changes.scope_type,
            changes.scope_name
    )
select
    headcounts.period_type,
    headcounts.headcount_month,
    headcounts.scope_type,
    headcounts.scope_name,
    headcounts.is_complete,
    headcounts.is_hidden,
    headcounts.opening_headcount_count,
    {% for movement in movements %}
        cast(
            case
                when not headcounts.is_hidden
                then coalesce(summed.{{ movement }}_count, 0)
            end as bigint
        ) as {{ movement }}_count,
    {% endfor %}
    headcounts.headcount_count as closing_headcount_count
from headcounts
left join
    summed
    on headcounts.period_type = summed.period_type
    and headcounts.headcount_month = summed.period_start_date
    and headcounts.scope_type = summed.scope_type
    and headcounts.scope_name = summed.scope_name
