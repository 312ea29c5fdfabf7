-- The products of completed orders, from the message that stands for the order.
-- Grain: one row per (order_id, line_number).
{{ config(enabled=is_vendor_used("events")) }}

with
    orders as (select * from {{ ref("stg_events__orders") }}),
    products as (
        select *
        from {{ source("events", "event_products") }}
        where {{ completed_loads("events") }}
    )
select
    orders.order_id,
    products.line_number,
    products.product_id,
    products.sku,
    products.name as product_name,
    products.category as category_name,
    products.brand as brand_name,
    products.quantity,
    products.price as unit_price
from products
inner join orders on products.message_id = orders.message_id
