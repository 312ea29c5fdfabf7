-- K93: won deals among the closed ones, by count and by value, with the early warning
-- of P9.
-- Grain: one row per period_type, closed_month and scope_key; dense, as kpi_deals.
with
    deals as (
        select *
        from {{ ref("kpi_deals") }}
        where period_type in ('month', 'jalali_month')
    ),
    daily as (
        select *
        from {{ ref("int_deal_scopes_counted_daily") }}
        where won_count > 0 and not is_in_future
    ),
    month_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    months as (
        select
            *,
            row_number() over (
                partition by period_type order by period_start_date asc nulls last
            ) as month_number
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    first_months as (
        select
            deals.period_type,
            deals.scope_key,
            min(months.month_number) as first_month_number
        from deals
        inner join
            months
            on deals.period_type = months.period_type
            and deals.period_start_date = months.period_start_date
        group by deals.period_type, deals.scope_key
    ),
    -- Each month's three predecessors, cut at the days elapsed of the month itself.
    baseline_months as (
        select
            months.period_type,
            months.period_start_date,
            earlier.period_start_date as baseline_month,
            case
                when months.is_complete
                then earlier.period_end_date
                else
                    least(
                        earlier.period_end_date,
                        cast(
                            earlier.period_start_date
                            + cast(months.elapsed_day_count - 1 as int) as date
                        )
                    )
            end as baseline_end_date
        from months
        inner join
            months as earlier
            on months.period_type = earlier.period_type
            and months.month_number - earlier.month_number between 1 and 3
    ),
    baselines as (
        select
            baseline_months.period_type,
            baseline_months.period_start_date,
            daily.scope_key,
            sum(daily.won_count) as won_count
        from daily
        inner join month_days on daily.event_date = month_days.calendar_date
        inner join
            baseline_months
            on month_days.period_type = baseline_months.period_type
            and month_days.period_start_date = baseline_months.baseline_month
            and daily.event_date <= baseline_months.baseline_end_date
        group by
            baseline_months.period_type,
            baseline_months.period_start_date,
            daily.scope_key
    ),
    compared as (
        select
            deals.*,
            deals.won_count + deals.lost_count as closed_count,
            deals.won_count
            + deals.lost_count
            - deals.won_without_amount_count
            - deals.won_unconverted_count
            - deals.lost_without_amount_count
            - deals.lost_unconverted_count as closed_with_amount_count,
            deals.won_amount_base + deals.lost_amount_base as closed_amount_base,
            case
                when months.month_number - first_months.first_month_number >= 3
                then cast(coalesce(baselines.won_count, 0) as double) / 3
            end as baseline_won_count_mean
        from deals
        inner join
            months
            on deals.period_type = months.period_type
            and deals.period_start_date = months.period_start_date
        inner join
            first_months
            on deals.period_type = first_months.period_type
            and deals.scope_key = first_months.scope_key
        left join
            baselines
            on deals.period_type = baselines.period_type
            and deals.period_start_date = baselines.period_start_date
            and deals.scope_key = baselines.scope_key
    ),
    final as (
        select
            cast(period_type as string) as period_type,
            cast(period_start_date as date) as closed_month,
            cast(scope_key as string) as scope_key,
            cast(scope_type as string) as scope_type,
            cast(scope_name as string) as scope_name,
            cast(employee_key as string) as employee_key,
            cast(rep_email as string) as rep_email,
            is_complete,
            coalesce(
                won_count < {{ var("early_warning_share") }} * baseline_won_count_mean,
                false
            ) as is_too_few_won,
            cast(won_count as bigint) as won_count,
            cast(lost_count as bigint) as lost_count,
            cast(closed_count as bigint) as closed_count,
            {{ safe_ratio("won_count", "closed_count") }} as win_rate,
            cast(closed_with_amount_count as bigint) as closed_with_amount_count,
            {{ safe_ratio("closed_with_amount_count", "closed_count") }}
            as amount_coverage_rate,
            cast(won_amount_base as decimal(18, 2)) as won_amount_base,
            cast(lost_amount_base as decimal(18, 2)) as lost_amount_base,
            cast(closed_amount_base as decimal(18, 2)) as closed_amount_base,
            case
                when closed_amount_base > 0
                then {{ safe_ratio("won_amount_base", "closed_amount_base") }}
            end as value_win_rate,
            cast(baseline_won_count_mean as double) as baseline_won_count_mean
        from compared
    )
select *
from final
