-- K102: won value of the month to date, and what the month comes to at this pace.
-- Grain: one row per period_type, calendar_month and scope_key; only the months of
-- as_of_date.
with
    deals as (
        select *
        from {{ ref("kpi_deals") }}
        where period_type in ('month', 'jalali_month') and not is_complete
    ),
    targets as (
        select * from {{ ref("int_target_scopes") }} where target_type = 'won_amount'
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month') and not is_complete
    ),
    dates as (select * from {{ ref("dim_dates") }}),
    business_days as (
        select
            months.period_type,
            months.period_start_date,
            count(*) filter (where dates.is_business_day) as total_business_day_count,
            count(*) filter (
                where
                    dates.is_business_day and dates.calendar_date <= {{ as_of_date() }}
            ) as elapsed_business_day_count
        from months
        inner join
            dates
            on months.period_start_date <= dates.calendar_date
            and months.period_end_date >= dates.calendar_date
        group by months.period_type, months.period_start_date
    ),
    measured as (
        select
            business_days.period_type,
            business_days.period_start_date,
            business_days.elapsed_business_day_count,
            business_days.total_business_day_count,
            scopes.scope_key,
            scopes.scope_type,
            scopes.scope_name,
            scopes.employee_key,
            scopes.rep_email,
            coalesce(deals.won_count, 0) as won_count,
            coalesce(deals.won_without_amount_count, 0) as won_without_amount_count,
            coalesce(deals.won_unconverted_count, 0) as won_unconverted_count,
            coalesce(deals.won_amount_base, 0) as won_amount_base,
            targets.target_value_base as target_amount_base,
            targets.target_business_day_count
        from scopes
        cross join business_days
        left join
            deals
            on business_days.period_type = deals.period_type
            and scopes.scope_key = deals.scope_key
        left join
            targets
            on business_days.period_type = targets.period_type
            and business_days.period_start_date = targets.period_start_date
            and scopes.scope_key = targets.scope_key
        where deals.scope_key is not null or targets.scope_key is not null
    ),
    projected as (
        select
            *,
            case
                when
                    elapsed_business_day_count
                    >= greatest({{ var("run_rate_minimum_business_days") }}, 1)
                then
                    {{
                        rounded_amount(
                            "cast(won_amount_base as double)"
                            ~ " * total_business_day_count"
                            ~ " / elapsed_business_day_count"
                        )
                    }}
            end as run_rate_amount_base
        from measured
    ),
    final as (
        select
            cast(period_type as string) as period_type,
            cast(period_start_date as date) as calendar_month,
            cast(scope_key as string) as scope_key,
            cast(scope_type as string) as scope_type,
            cast(scope_name as string) as scope_name,
            cast(employee_key as string) as employee_key,
            cast(rep_email as string) as rep_email,
            cast(elapsed_business_day_count as bigint) as elapsed_business_day_count,
            cast(total_business_day_count as bigint) as total_business_day_count,
            cast(won_count as bigint) as won_count,
            cast(won_without_amount_count as bigint) as won_without_amount_count,
            cast(won_unconverted_count as bigint) as won_unconverted_count,
            cast(won_amount_base as decimal(18, 2)) as won_amount_base,
            cast(run_rate_amount_base as decimal(18, 2)) as run_rate_amount_base,
            cast(target_amount_base as decimal(18, 2)) as target_amount_base,
            cast(target_business_day_count as bigint) as target_business_day_count,
            {{ safe_ratio("won_amount_base", "target_amount_base") }}
            as won_to_target_rate,
            {{ safe_ratio("run_rate_amount_base", "target_amount_base") }}
            as run_rate_to_target_rate
        from projected
    )
select *
from final
