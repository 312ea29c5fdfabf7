-- How many purchases the ad platforms claim for each order that came by their ads
-- (K48).
-- Grain: one row per (period_type, spend_month, scope_type, scope_name) with a claim
-- or an order.
with
    conversions as (
        select * from {{ ref("fct_ad_conversions_daily") }} where is_purchase
    ),
    order_campaigns as (select * from {{ ref("fct_order_campaigns") }}),
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
    -- One row per claim or order; each measure is set by one of them.
    events as (
        select
            vendor as scope_name,
            attribution_window_name,
            conversion_count as claimed_count,
            cast(null as string) as order_key,
            activity_date as event_date
        from conversions
        union all
        select
            ad_vendor_name as scope_name,
            cast(null as string) as attribution_window_name,
            0 as claimed_count,
            order_key,
            order_date as event_date
        from order_campaigns
        where ad_vendor_name is not null
    ),
    scoped as (
        select 'vendor' as scope_type, events.*
        from events
        union all
        select
            'total' as scope_type,
            'all' as scope_name,
            attribution_window_name,
            claimed_count,
            order_key,
            event_date
        from events
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name,
            {{ ordered_list("scoped.attribution_window_name", is_distinct=true) }}
            as attribution_window_name,
            round(sum(scoped.claimed_count), 6) as claimed_count,
            count(distinct scoped.order_key) as attributed_order_count
        from scoped
        inner join period_days on scoped.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    ),
    orders as (
        select
            period_days.period_type,
            period_days.period_start_date,
            count(*) as order_count
        from order_campaigns
        inner join period_days on order_campaigns.order_date = period_days.calendar_date
        group by period_days.period_type, period_days.period_start_date
    )
select
    cast(summed.period_type as string) as period_type,
    cast(summed.scope_type as string) as scope_type,
    cast(summed.scope_name as string) as scope_name,
    cast(summed.attribution_window_name as string) as attribution_window_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(
        periods.period_end_date
        > {{ as_of_date() }} - {{ ad_finality_days() }} as boolean
    ) as is_provisional,
    cast(summed.claimed_count as double) as platform_conversion_count,
    cast(summed.attributed_order_count as bigint) as attributed_order_count,
    cast(coalesce(orders.order_count, 0) as bigint) as order_count,
    {{ safe_ratio("summed.claimed_count", "summed.attributed_order_count") }}
    as overclaim_ratio,
    cast(summed.period_start_date as date) as spend_month
from summed
inner join
    periods
    on summed.period_type = periods.period_type
    and summed.period_start_date = periods.period_start_date
left join
    orders
    on summed.period_type = orders.period_type
    and summed.period_start_date = orders.period_start_date
