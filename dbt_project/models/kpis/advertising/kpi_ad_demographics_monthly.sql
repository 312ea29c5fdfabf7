-- What ads delivered, cost and claim per month by age band and gender (K42 to K45).
-- Grain: one row per (period_type, spend_month, vendor, age_group_name, gender_name)
-- with figures.
with
    figures as (select * from {{ ref("fct_ad_demographics_daily") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            figures.vendor,
            figures.age_group_name,
            figures.gender_name,
            {{ ordered_list("figures.attribution_window_name", is_distinct=true) }}
            as attribution_window_name,
            sum(figures.impression_count) as impression_count,
            sum(figures.click_count) as click_count,
            sum(
                case
                    when figures.spend_amount_base is not null
                    then figures.click_count
                    else 0
                end
            ) as converted_click_count,
            sum(
                case when figures.spend_amount_base is null then 1 else 0 end
            ) as unconverted_count,
            coalesce(sum(figures.spend_amount_base), 0) as spend_amount,
            round(sum(figures.platform_conversion_count), 6) as conversion_count,
            coalesce(
                sum(figures.platform_conversion_amount_base), 0
            ) as conversion_amount
        from figures
        inner join period_days on figures.activity_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            figures.vendor,
            figures.age_group_name,
            figures.gender_name
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.vendor as string) as vendor,
    cast(final.age_group_name as string) as age_group_name,
    cast(final.gender_name as string) as gender_name,
    cast(final.attribution_window_name as string) as attribution_window_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(
        periods.period_end_date
        > {{ as_of_date() }} - {{ ad_finality_days() }} as boolean
    ) as is_provisional,
    cast(final.impression_count as bigint) as impression_count,
    cast(final.click_count as bigint) as click_count,
    cast(final.converted_click_count as bigint) as converted_click_count,
    cast(final.unconverted_count as bigint) as unconverted_count,
    cast(final.spend_amount as decimal(18, 2)) as spend_amount_base,
    {{ safe_ratio("final.click_count", "final.impression_count") }}
    as click_through_rate,
    {{ safe_ratio("final.spend_amount", "final.converted_click_count") }}
    as cost_per_click,
    cast(final.conversion_count as double) as platform_conversion_count,
    cast(final.conversion_amount as decimal(18, 2)) as platform_conversion_amount_base,
    {{ safe_ratio("final.conversion_amount", "final.spend_amount") }}
    as platform_return_on_ad_spend,
    cast(final.period_start_date as date) as spend_month
from final
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
