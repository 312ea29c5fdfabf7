-- The visits and marketing events that may have led to an order: those of its customer
-- in the days before it, the order's own visit included, whatever was ordered in
-- between.
-- Grain: one row per (order_key, touch_number), the first touch first. An order without
-- any has one touch of an unknown channel, so that no revenue is lost.
with
    orders as (select * from {{ ref("fct_customer_orders") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    event_touches as (select * from {{ ref("int_marketing_event_touches") }}),
    -- By the customer where he is known, else by the visit that ended in the order.
    visits as (
        select
            orders.order_key,
            sessions.session_key,
            sessions.channel_group_name,
            sessions.source_name,
            sessions.medium_name,
            sessions.campaign_name,
            sessions.started_at
        from orders
        inner join
            sessions
            on orders.customer_key = sessions.customer_key
            and orders.ordered_at >= sessions.started_at
            and orders.ordered_at - interval {{ var("attribution_days") }} day
            < sessions.started_at
        union
        select
            orders.order_key,
            sessions.session_key,
            sessions.channel_group_name,
            sessions.source_name,
            sessions.medium_name,
            sessions.campaign_name,
            sessions.started_at
        from orders
        inner join sessions on orders.session_key = sessions.session_key
    ),
    occasions as (
        select
            order_key,
            session_key,
            cast(null as string) as marketing_event_key,
            channel_group_name,
            source_name,
            medium_name,
            campaign_name,
            started_at
        from visits
        union all
        select
            orders.order_key,
            cast(null as string) as session_key,
            event_touches.marketing_event_key,
            event_touches.channel_group_name,
            event_touches.event_type as source_name,
            'event' as medium_name,
            event_touches.event_name as campaign_name,
            event_touches.touched_at as started_at
        from orders
        inner join
            event_touches
            on orders.customer_key = event_touches.customer_key
            and orders.ordered_at >= event_touches.touched_at
            and orders.ordered_at - interval {{ var("event_attribution_days") }} day
            < event_touches.touched_at
    ),
    touches as (
        select
            orders.order_key,
            orders.customer_key,
            occasions.session_key,
            occasions.marketing_event_key,
            coalesce(occasions.channel_group_name, 'unknown') as channel_group_name,
            occasions.source_name,
            occasions.medium_name,
            occasions.campaign_name,
            orders.net_sales_amount_base,
            orders.margin_amount_base,
            orders.order_date,
            orders.ordered_at,
            coalesce(occasions.started_at, orders.ordered_at) as touched_at
        from orders
        left join occasions on orders.order_key = occasions.order_key
    ),
    final as (
        select
            *,
            row_number() over (
                partition by order_key
                order by
                    touched_at asc nulls last,
                    session_key asc nulls last,
                    marketing_event_key asc nulls last
            ) as touch_number,
            count(*) over (partition by order_key) as touch_count
        from touches
    )
select
    cast(order_key as string) as order_key,
    cast(customer_key as string) as customer_key,
    cast(session_key as string) as session_key,
    cast(marketing_event_key as string) as marketing_event_key,
    cast(channel_group_name as string) as channel_group_name,
    cast(source_name as string) as source_name,
    cast(medium_name as string) as medium_name,
    cast(campaign_name as string) as campaign_name,
    cast(touch_number as bigint) as touch_number,
    cast(touch_count as bigint) as touch_count,
    cast(net_sales_amount_base as decimal(18, 6)) as net_sales_amount_base,
    cast(margin_amount_base as decimal(18, 6)) as margin_amount_base,
    cast(order_date as date) as order_date,
    cast(ordered_at as timestamp) as ordered_at,
    cast(touched_at as timestamp) as touched_at
from final
