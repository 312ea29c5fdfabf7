-- The campaign that each order came by: the one that its own event names, else the
-- newest that the visit named before it.
-- Grain: one row per vendor and order_id that has such a campaign.
with
    visitor_events as (select * from {{ ref("int_visitor_events") }}),
    sessions as (select * from {{ ref("int_sessions") }}),
    session_orders as (select * from {{ ref("int_session_orders") }}),
    orders as (
        select
            session_orders.vendor,
            session_orders.order_id,
            sessions.visitor_id,
            sessions.started_at,
            visitor_events.message_id,
            visitor_events.happened_at as completed_at
        from session_orders
        inner join sessions on session_orders.session_key = sessions.session_key
        inner join
            visitor_events
            on session_orders.vendor = visitor_events.vendor
            and session_orders.order_id = visitor_events.order_id
    ),
    touches as (
        select *
        from visitor_events
        where coalesce(campaign_source_name, campaign_name) is not null
    ),
    final as (
        select
            orders.vendor,
            orders.order_id,
            touches.message_id = orders.message_id as is_of_order,
            touches.campaign_source_name as utm_source,
            touches.campaign_medium_name as utm_medium,
            touches.campaign_name as utm_campaign,
            touches.happened_at as touched_at,
            row_number() over (
                partition by orders.vendor, orders.order_id
                order by
                    case when touches.message_id = orders.message_id then 0 else 1 end
                    asc nulls last,
                    touches.happened_at desc nulls last,
                    touches.message_id desc nulls last
            ) as preference
        from orders
        inner join
            touches
            on orders.vendor = touches.vendor
            and orders.visitor_id = touches.visitor_id
            and orders.started_at <= touches.happened_at
            and orders.completed_at >= touches.happened_at
    )
select
    cast(vendor as string) as vendor,
    cast(order_id as string) as order_id,
    cast(case when is_of_order then 'order' else 'visit' end as string) as touch_type,
    cast(utm_source as string) as utm_source,
    cast(utm_medium as string) as utm_medium,
    cast(utm_campaign as string) as utm_campaign,
    cast(touched_at as timestamp) as touched_at
from final
where preference = 1
