-- Products of HubSpot's library, archived ones included.
-- Grain: one row per product id, newest version.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    products as ({{ newest_rows("hubspot", "products") }}),
    account as (select * from {{ ref("stg_hubspot__account") }})
select
    cast(products.id as string) as product_id,
    cast(nullif(trim(products.hs_sku), '') as string) as sku,
    cast(nullif(trim(products.name), '') as string) as product_name,
    cast(nullif(products.hs_product_type, '') as string) as product_type,
    cast(account.currency as string) as currency,
    coalesce(products.archived, false) or products.is_vanished as is_archived,
    cast(products.price as decimal(18, 2)) as price_amount,
    cast(products.hs_cost_of_goods_sold as decimal(18, 2)) as cost_amount,
    cast(coalesce(products.createdate, products.created_at) as timestamp) as created_at,
    {{ loaded_at("products._dlt_load_id") }} as _loaded_at
from products
left join account on 1 = 1
