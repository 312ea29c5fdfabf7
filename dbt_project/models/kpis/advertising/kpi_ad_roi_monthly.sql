-- Margin of the shop that ads are credited with under every attribution model, against
-- what the platforms charged (K47).
-- Grain: one row per (period_type, spend_month, attribution_model_name, scope_type,
-- scope_name) with a credit or spend; both sides stay when the other is missing.
with
    credits as (select * from {{ ref("fct_attribution_credits") }}),
    spends as (
        select * from {{ ref("fct_marketing_spend_daily") }} where spend_type = 'ads'
    ),
    campaigns as (select * from {{ ref("dim_ad_campaigns") }}),
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
    models as (
        select attribution_model_name from credits group by attribution_model_name
    ),
    visits as (
        select
            credits.*, {{ ad_vendor("source_name", "medium_name") }} as ad_vendor_name
        from credits
    ),
    events as (
        select
            attribution_model_name,
            ad_vendor_name as vendor,
            lower(campaign_name) as utm_campaign,
            coalesce(credited_amount_base, 0) as sales_amount,
            case
                when credited_margin_amount_base is null
                then 0
                else credited_amount_base
            end as covered_sales_amount,
            coalesce(credited_margin_amount_base, 0) as margin_amount,
            0 as spend_amount,
            0 as unconverted_count,
            order_date as event_date
        from visits
        where ad_vendor_name is not null
        union all
        select
            models.attribution_model_name,
            spends.vendor,
            campaigns.utm_campaign,
            0 as sales_amount,
            0 as covered_sales_amount,
            0 as margin_amount,
            coalesce(spends.spend_amount_base, 0) as spend_amount,
            case
                when spends.spend_amount_base is null then 1 else 0
            end as unconverted_count,
            spends.spend_date as event_date
        from spends
        inner join campaigns on spends.ad_campaign_key = campaigns.ad_campaign_key
        cross join models
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
            events.attribution_model_name,
            events.scope_type,
            events.scope_name,
            sum(events.sales_amount) as sales_amount,
            sum(events.covered_sales_amount) as covered_sales_amount,
            sum(events.margin_amount) as margin_amount,
            sum(events.spend_amount) as spend_amount,
            sum(events.unconverted_count) as unconverted_count
        from scoped as events
        inner join period_days on events.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            events.attribution_model_name,
            events.scope_type,
            events.scope_name
    ),
    judged as (
        select
            *,
            -- Without a single known cost of goods the margin is unknown, not 0.
            case
                when sales_amount = 0 or covered_sales_amount <> 0 then margin_amount
            end as known_margin_amount
        from final
    )
select
    cast(judged.period_type as string) as period_type,
    cast(judged.period_start_date as date) as spend_month,
    cast(judged.attribution_model_name as string) as attribution_model_name,
    cast(judged.scope_type as string) as scope_type,
    cast(judged.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(
        periods.period_end_date
        > {{ as_of_date() }} - {{ ad_finality_days() }} as boolean
    ) as is_provisional,
    cast(judged.sales_amount as decimal(18, 2)) as credited_net_sales_amount_base,
    cast(
        judged.covered_sales_amount as decimal(18, 2)
    ) as covered_net_sales_amount_base,
    {{ safe_ratio("judged.covered_sales_amount", "judged.sales_amount") }}
    as margin_coverage_share,
    cast(judged.known_margin_amount as decimal(18, 2)) as credited_margin_amount_base,
    cast(judged.spend_amount as decimal(18, 2)) as spend_amount_base,
    cast(judged.unconverted_count as bigint) as unconverted_count,
    {{
        safe_ratio(
            "(judged.known_margin_amount - judged.spend_amount)",
            "judged.spend_amount",
        )
    }} as ad_roi
from judged
inner join
    periods
    on judged.period_type = periods.period_type
    and judged.period_start_date = periods.period_start_date
