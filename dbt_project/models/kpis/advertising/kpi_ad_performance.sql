-- What ads delivered, cost and claim per period, in total, by vendor, platform and
-- campaign (K42 to K45).
-- Grain: one row per (period_type, period_start_date, scope_type, scope_key) with
-- figures; spend without any conversion has its row.
with
    figures as (select * from {{ ref("fct_ad_performance_daily") }}),
    campaigns as (select * from {{ ref("dim_ad_campaigns") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('day', 'week', 'month', 'jalali_month')
    ),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    daily as (
        select
            vendor,
            platform_name,
            ad_campaign_key,
            currency,
            attribution_window_name,
            activity_date,
            sum(impression_count) as impression_count,
            sum(click_count) as click_count,
            sum(spend_amount) as spend_amount,
            sum(spend_amount_base) as spend_amount_base,
            sum(platform_conversion_count) as conversion_count,
            sum(platform_conversion_amount) as conversion_amount,
            sum(platform_conversion_amount_base) as conversion_amount_base,
            sum(view_through_conversion_count) as view_through_count,
            sum(
                case when spend_amount_base is null then 1 else 0 end
            ) as unconverted_count,
            sum(
                case when spend_amount_base is not null then impression_count else 0 end
            ) as converted_impression_count,
            sum(
                case when spend_amount_base is not null then click_count else 0 end
            ) as converted_click_count,
            max(tz_shift_hours) as max_tz_shift_hours,
            min(tz_shift_hours) as min_tz_shift_hours
        from figures
        group by
            vendor,
            platform_name,
            ad_campaign_key,
            currency,
            attribution_window_name,
            activity_date
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_key, daily.*
        from daily
        union all
        select 'vendor' as scope_type, vendor as scope_key, daily.*
        from daily
        union all
        select 'platform' as scope_type, platform_name as scope_key, daily.*
        from daily
        union all
        select 'campaign' as scope_type, ad_campaign_key as scope_key, daily.*
        from daily
    ),
    summed as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            scoped.scope_type,
            scoped.scope_key,
            {{ ordered_list("scoped.attribution_window_name", is_distinct=true) }}
            as attribution_window_name,
            -- One currency only is a sum; several are none.
            case
                when min(scoped.currency) = max(scoped.currency)
                then min(scoped.currency)
            end as currency,
            sum(scoped.impression_count) as impression_count,
            sum(scoped.click_count) as click_count,
            sum(scoped.converted_impression_count) as converted_impression_count,
            sum(scoped.converted_click_count) as converted_click_count,
            sum(scoped.unconverted_count) as unconverted_count,
            sum(scoped.spend_amount) as spend_amount,
            coalesce(sum(scoped.spend_amount_base), 0) as spend_amount_base,
            sum(scoped.conversion_count) as conversion_count,
            coalesce(sum(scoped.conversion_amount_base), 0) as conversion_amount_base,
            sum(scoped.view_through_count) as view_through_count,
            min(scoped.min_tz_shift_hours) as min_tz_shift_hours,
            max(scoped.max_tz_shift_hours) as max_tz_shift_hours
        from scoped
        inner join period_days on scoped.activity_date = period_days.calendar_date
        inner join
            periods
            on period_days.period_type = periods.period_type
            and period_days.period_start_date = periods.period_start_date
        group by
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            scoped.scope_type,
            scoped.scope_key
    ),
    final as (
        select
            summed.*,
            -- Platforms claim the same order each: their claims have no total.
            summed.scope_type <> 'total' as has_conversions,
            campaigns.ad_campaign_key,
            campaigns.campaign_name,
            case
                when summed.scope_type = 'vendor'
                then summed.scope_key
                else campaigns.vendor
            end as vendor
        from summed
        left join
            campaigns
            on summed.scope_type = 'campaign'
            and summed.scope_key = campaigns.ad_campaign_key
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_key as string) as scope_key,
    cast(coalesce(campaign_name, scope_key) as string) as scope_name,
    cast(ad_campaign_key as string) as ad_campaign_key,
    cast(vendor as string) as vendor,
    cast(currency as string) as currency,
    cast(
        case when has_conversions then attribution_window_name end as string
    ) as attribution_window_name,
    cast(is_complete as boolean) as is_complete,
    cast(
        period_end_date > {{ as_of_date() }} - {{ ad_finality_days() }} as boolean
    ) as is_provisional,
    cast(impression_count as bigint) as impression_count,
    cast(click_count as bigint) as click_count,
    cast(converted_impression_count as bigint) as converted_impression_count,
    cast(converted_click_count as bigint) as converted_click_count,
    cast(unconverted_count as bigint) as unconverted_count,
    cast(
        case when currency is not null then spend_amount end as decimal(18, 2)
    ) as spend_amount,
    cast(spend_amount_base as decimal(18, 2)) as spend_amount_base,
    {{ safe_ratio("click_count", "impression_count") }} as click_through_rate,
    {{ safe_ratio("spend_amount_base", "converted_click_count") }} as cost_per_click,
    {{ safe_ratio("1000 * spend_amount_base", "converted_impression_count") }}
    as cost_per_thousand_impressions,
    cast(
        case when has_conversions then round(conversion_count, 6) end as double
    ) as platform_conversion_count,
    cast(
        case when has_conversions then round(view_through_count, 6) end as double
    ) as view_through_conversion_count,
    cast(
        case when has_conversions then conversion_amount_base end as decimal(18, 2)
    ) as platform_conversion_amount_base,
    case
        when has_conversions
        then {{ safe_ratio("conversion_amount_base", "spend_amount_base") }}
    end as platform_return_on_ad_spend,
    cast(min_tz_shift_hours as double) as min_tz_shift_hours,
    cast(max_tz_shift_hours as double) as max_tz_shift_hours,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
