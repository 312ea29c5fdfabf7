-- K94: days from creation to closing, won and lost apart.
-- Grain: one row per period_type, closed_month, outcome_status and scope_key with a
-- closed deal.
with
    closed as (
        select *
        from {{ ref("int_deal_scopes") }}
        where event_type in ('won', 'lost') and not is_in_future
    ),
    durations as (select * from {{ ref("int_deal_durations") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    month_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    sums as (
        select
            month_days.period_type,
            month_days.period_start_date,
            closed.event_type as outcome_status,
            closed.scope_key,
            count(*) as closed_count,
            count(*) filter (where durations.days_to_close is null) as error_count,
            count(durations.days_to_close) as timed_count,
            sum(durations.days_to_close) as days_to_close_sum,
            median(cast(durations.days_to_close as double)) as median_days_to_close,
            sum(durations.business_days_to_close) as business_days_to_close_sum,
            count(durations.qualified_days_to_close) as qualified_count,
            sum(durations.qualified_days_to_close) as qualified_days_to_close_sum,
            median(
                cast(durations.qualified_days_to_close as double)
            ) as median_qualified_days_to_close
        from closed
        inner join durations on closed.deal_key = durations.deal_key
        inner join month_days on closed.event_date = month_days.calendar_date
        group by
            month_days.period_type,
            month_days.period_start_date,
            closed.event_type,
            closed.scope_key
    ),
    final as (
        select
            cast(sums.period_type as string) as period_type,
            cast(sums.period_start_date as date) as closed_month,
            cast(sums.outcome_status as string) as outcome_status,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            months.is_complete,
            cast(sums.closed_count as bigint) as closed_count,
            cast(sums.error_count as bigint) as error_count,
            cast(sums.timed_count as bigint) as timed_count,
            cast(coalesce(sums.days_to_close_sum, 0) as bigint) as days_to_close_sum,
            {{ safe_ratio("sums.days_to_close_sum", "sums.timed_count") }}
            as average_days_to_close,
            cast(sums.median_days_to_close as double) as median_days_to_close,
            cast(
                coalesce(sums.business_days_to_close_sum, 0) as bigint
            ) as business_days_to_close_sum,
            {{ safe_ratio("sums.business_days_to_close_sum", "sums.timed_count") }}
            as average_business_days_to_close,
            cast(sums.qualified_count as bigint) as qualified_count,
            cast(
                coalesce(sums.qualified_days_to_close_sum, 0) as bigint
            ) as qualified_days_to_close_sum,
            {{ safe_ratio("sums.qualified_days_to_close_sum", "sums.qualified_count") }}
            as average_qualified_days_to_close,
            cast(
                sums.median_qualified_days_to_close as double
            ) as median_qualified_days_to_close
        from sums
        inner join scopes on sums.scope_key = scopes.scope_key
        inner join
            months
            on sums.period_type = months.period_type
            and sums.period_start_date = months.period_start_date
    )
select *
from final
