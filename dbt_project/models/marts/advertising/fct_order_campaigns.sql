-- By which campaign each order came, as the shop itself saw it (first party).
-- Grain: one row per order_key, orders without a campaign included.
with
    orders as (select * from {{ ref("fct_orders") }}),
    campaigns as (select * from {{ ref("int_order_campaigns") }})
select
    cast(orders.order_key as string) as order_key,
    cast(orders.vendor as string) as vendor,
    cast(
        {{ ad_vendor("campaigns.utm_source", "campaigns.utm_medium") }} as string
    ) as ad_vendor_name,
    cast(coalesce(campaigns.touch_type, 'none') as string) as touch_type,
    cast(campaigns.utm_source as string) as utm_source,
    cast(campaigns.utm_medium as string) as utm_medium,
    cast(campaigns.utm_campaign as string) as utm_campaign,
    cast(
        orders.gross_amount_base - orders.discount_amount_base as decimal(18, 6)
    ) as discounted_amount_base,
    cast(orders.order_date as date) as order_date,
    cast(campaigns.touched_at as timestamp) as touched_at
from orders
left join
    campaigns
    on orders.vendor = campaigns.vendor
    and orders.order_id = campaigns.order_id
