-- K67 at the end of each month, K69 in both usual forms.
-- Grain: one row per (headcount_month, scope_type, scope_name), without gaps from the
-- scope's first month on.
with
    daily as (select * from {{ ref("kpi_headcount_daily") }}),
    months as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    summed as (
        select
            months.period_start_date,
            months.is_complete,
            months.elapsed_day_count,
            daily.scope_type,
            daily.scope_name,
            sum(
                case
                    when daily.calendar_date = months.period_start_date - 1
                    then daily.headcount_count
                    else 0
                end
            ) as opening_count,
            sum(
                case
                    when
                        daily.calendar_date
                        = least(months.period_end_date, {{ as_of_date() }})
                    then daily.headcount_count
                    else 0
                end
            ) as closing_count,
            sum(
                case
                    when
                        daily.calendar_date
                        = least(months.period_end_date, {{ as_of_date() }})
                    then daily.on_leave_count
                    else 0
                end
            ) as on_leave_count,
            sum(
                case
                    when daily.calendar_date >= months.period_start_date
                    then daily.headcount_count
                    else 0
                end
            ) as person_day_count
        from daily
        inner join
            months
            on daily.calendar_date >= months.period_start_date - 1
            and daily.calendar_date <= months.period_end_date
        group by
            months.period_start_date,
            months.is_complete,
            months.elapsed_day_count,
            daily.scope_type,
            daily.scope_name
        -- A month begins where the scope does, not on the day before.
        having max(daily.calendar_date) >= months.period_start_date
    )
select
    cast(period_start_date as date) as headcount_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    is_complete,
    cast(opening_count as bigint) as opening_headcount_count,
    cast(closing_count as bigint) as headcount_count,
    cast(on_leave_count as bigint) as on_leave_count,
    cast(person_day_count as bigint) as person_day_count,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(opening_count + closing_count as double) / 2 as average_headcount_of_ends,
    {{ safe_ratio("person_day_count", "elapsed_day_count") }} as average_headcount
from summed
