-- What orders brought that the shop itself saw come by a campaign, per money spent on
-- it (K46): last campaign of the visit that ended in the order, no longer window.
-- Grain: one row per (period_type, spend_month, scope_type, scope_name) with spend or
-- an order; both
-- sides stay when the other is missing.
with
    spends as (
        select * from {{ ref("fct_marketing_spend_daily") }} where spend_type = 'ads'
    ),
    campaigns as (select * from {{ ref("dim_ad_campaigns") }}),
    order_campaigns as (select * from {{ ref("fct_order_campaigns") }}),
    first_orders as (select min(order_date) as first_date from order_campaigns),
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
    events as (
        select
            spends.vendor,
            campaigns.utm_campaign,
            coalesce(spends.spend_amount_base, 0) as spend_amount,
            0 as sales_amount,
            0 as order_count,
            case
                when spends.spend_amount_base is null then 1 else 0
            end as unconverted_count,
            spends.spend_date as event_date
        from spends
        inner join campaigns on spends.ad_campaign_key = campaigns.ad_campaign_key
        union all
        select
            ad_vendor_name as vendor,
            utm_campaign,
            0 as spend_amount,
            coalesce(discounted_amount_base, 0) as sales_amount,
            1 as order_count,
            case
                when discounted_amount_base is null then 1 else 0
            end as unconverted_count,
            order_date as event_date
        from order_campaigns
        where ad_vendor_name is not null
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, events.*
        from events
        union all
        select 'vendor' as scope_type, vendor as scope_name, events.*
        from events
        union all
        select
            'utm_campaign' as scope_type,
            vendor || '/' || coalesce(utm_campaign, 'none') as scope_name,
            events.*
        from events
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name,
            sum(scoped.spend_amount) as spend_amount,
            sum(scoped.sales_amount) as sales_amount,
            sum(scoped.order_count) as order_count,
            sum(scoped.unconverted_count) as unconverted_count
        from scoped
        inner join period_days on scoped.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast('last_campaign_of_the_visit' as string) as attribution_model_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(
        periods.period_end_date
        > {{ as_of_date() }} - {{ ad_finality_days() }} as boolean
    ) as is_provisional,
    cast(final.spend_amount as decimal(18, 2)) as spend_amount_base,
    cast(final.sales_amount as decimal(18, 2)) as attributed_sales_amount_base,
    cast(final.order_count as bigint) as attributed_order_count,
    cast(final.unconverted_count as bigint) as unconverted_count,
    -- Before the shop's first order its sales are unknown, not nothing.
    case
        when periods.period_end_date >= first_orders.first_date
        then {{ safe_ratio("final.sales_amount", "final.spend_amount") }}
    end as attributed_return_on_ad_spend,
    cast(final.period_start_date as date) as spend_month
from final
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
cross join first_orders
