-- The products that refunds name: all of a whole refund, the returned ones of a
-- partial.
-- Grain: one row per (refund_id, line_number).
{{ config(enabled=is_vendor_used("events")) }}

with
    refunds as (select * from {{ ref("stg_events__refunds") }}),
    products as (
        select *
        from {{ source("events", "event_products") }}
        where {{ completed_loads("events") }}
    )
select
    refunds.refund_id,
    products.line_number,
    products.product_id,
    products.sku,
    products.name as product_name,
    products.category as category_name,
    products.quantity,
    products.price as unit_price
from products
inner join refunds on products.message_id = refunds.refund_id
