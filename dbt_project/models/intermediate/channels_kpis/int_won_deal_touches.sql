-- The visits and marketing events that may have led to a won deal: those of its people
-- in the days before it was created (K65).
-- Grain: one row per (deal_key, touch_number), the first touch first. A deal without
-- any has one touch of the channel that it came by.
with
    deals as (
        select *
        from {{ ref("fct_deals") }}
        where is_won and close_date <= {{ as_of_date() }}
    ),
    deal_customers as (select * from {{ ref("int_deal_customers") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    event_touches as (select * from {{ ref("int_marketing_event_touches") }}),
    sources as (
        select deal_key, scope_name as channel_group_name
        from {{ ref("int_deal_touches") }}
        where scope_type = 'channel' and is_source
    ),
    line_items as (select * from {{ ref("fct_deal_line_items") }}),
    products as (select * from {{ ref("dim_products") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    line_costs as (
        select
            line_items.deal_key,
            {{
                base_amount(
                    "cast(products.cost_amount * line_items.quantity as decimal(18, 6))",
                    "products.currency",
                    "rates.rate_to_base",
                    6,
                )
            }}
            as cost_amount_base
        from line_items
        inner join deals on line_items.deal_key = deals.deal_key
        left join products on line_items.product_key = products.product_key
        left join
            rates
            on deals.close_date = rates.rate_date
            and products.currency = rates.currency
    ),
    costs as (
        select
            deal_key,
            -- One product of unknown cost leaves the deal's margin unknown.
            case
                when count(*) = count(cost_amount_base) then sum(cost_amount_base)
            end as cost_amount_base
        from line_costs
        group by deal_key
    ),
    occasions as (
        select
            deal_customers.deal_key,
            sessions.session_key,
            cast(null as string) as marketing_event_key,
            sessions.channel_group_name,
            sessions.campaign_name,
            sessions.started_at as touched_at
        from deal_customers
        inner join
            sessions
            on deal_customers.customer_key = sessions.customer_key
            and deal_customers.created_at >= sessions.started_at
            and deal_customers.created_at - interval {{ var("attribution_days") }} day
            < sessions.started_at
        union all
        select
            deal_customers.deal_key,
            cast(null as string) as session_key,
            event_touches.marketing_event_key,
            event_touches.channel_group_name,
            event_touches.event_name as campaign_name,
            event_touches.touched_at
        from deal_customers
        inner join
            event_touches
            on deal_customers.customer_key = event_touches.customer_key
            and deal_customers.created_at >= event_touches.touched_at
            and deal_customers.created_at
            - interval {{ var("event_attribution_days") }} day
            < event_touches.touched_at
    ),
    touches as (
        select
            deals.deal_key,
            occasions.session_key,
            occasions.marketing_event_key,
            coalesce(
                occasions.channel_group_name, sources.channel_group_name, 'unknown'
            ) as channel_group_name,
            occasions.campaign_name,
            deals.deal_amount_base,
            deals.deal_amount_base - costs.cost_amount_base as margin_amount_base,
            deals.close_date,
            deals.created_at,
            coalesce(occasions.touched_at, deals.created_at) as touched_at
        from deals
        left join occasions on deals.deal_key = occasions.deal_key
        left join sources on deals.deal_key = sources.deal_key
        left join costs on deals.deal_key = costs.deal_key
    ),
    final as (
        select
            *,
            row_number() over (
                partition by deal_key
                order by
                    touched_at asc nulls last,
                    session_key asc nulls last,
                    marketing_event_key asc nulls last
            ) as touch_number,
            count(*) over (partition by deal_key) as touch_count
        from touches
    )
select
    cast(deal_key as string) as deal_key,
    cast(session_key as string) as session_key,
    cast(marketing_event_key as string) as marketing_event_key,
    cast(channel_group_name as string) as channel_group_name,
    cast(campaign_name as string) as campaign_name,
    cast(touch_number as bigint) as touch_number,
    cast(touch_count as bigint) as touch_count,
    cast(deal_amount_base as decimal(18, 6)) as deal_amount_base,
    cast(margin_amount_base as decimal(18, 6)) as margin_amount_base,
    cast(close_date as date) as won_date,
    cast(created_at as timestamp) as created_at,
    cast(touched_at as timestamp) as touched_at
from final
