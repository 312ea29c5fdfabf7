-- The visit in which each order was completed.
-- Grain: one row per (vendor, order_id). Orders that no visitor's event reports, or a
-- machine's, have none.
with
    purchases as (
        select vendor, visitor_id, order_id, ordered_at as happened_at
        from {{ ref("int_orders") }}
        where visitor_id is not null
    ),
    sessions as (select * from {{ ref("int_sessions") }})
select
    cast(purchases.vendor as string) as vendor,
    cast(purchases.order_id as string) as order_id,
    cast(sessions.session_key as string) as session_key
from purchases
inner join
    sessions
    on purchases.vendor = sessions.vendor
    and purchases.visitor_id = sessions.visitor_id
    and purchases.happened_at >= sessions.started_at
    and purchases.happened_at <= sessions.ended_at
