-- Products of the CRM's library, archived ones included.
-- Grain: one row per product, one per product id that only line items name, one
-- `unassigned`.
with
    products as (select * from {{ ref("int_products") }}),
    unlisted as (
        select line_items.vendor, line_items.product_id
        from {{ ref("int_line_items") }} as line_items
        left join
            products
            on line_items.vendor = products.vendor
            and line_items.product_id = products.product_id
        where line_items.product_id is not null and products.product_id is null
        group by line_items.vendor, line_items.product_id
    )
select
    cast({{ surrogate_key(["vendor", "product_id"]) }} as string) as product_key,
    cast(vendor as string) as vendor,
    cast(product_id as string) as product_id,
    cast(sku as string) as sku,
    cast(
        coalesce(product_name, sku, 'Unknown ' || product_id) as string
    ) as product_name,
    cast(product_type as string) as product_type,
    cast(currency as string) as currency,
    not is_archived as is_active,
    cast(price_amount as decimal(18, 2)) as price_amount,
    cast(cost_amount as decimal(18, 2)) as cost_amount,
    cast(created_at as timestamp) as created_at,
    cast(_loaded_at as timestamp) as _loaded_at
from products
union all
select
    cast({{ surrogate_key(["vendor", "product_id"]) }} as string) as product_key,
    cast(vendor as string) as vendor,
    cast(product_id as string) as product_id,
    cast(null as string) as sku,
    cast('Unknown ' || product_id as string) as product_name,
    cast(null as string) as product_type,
    cast(null as string) as currency,
    cast(false as boolean) as is_active,
    cast(null as decimal(18, 2)) as price_amount,
    cast(null as decimal(18, 2)) as cost_amount,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as _loaded_at
from unlisted
union all
select
    cast({{ unassigned_key() }} as string) as product_key,
    cast('none' as string) as vendor,
    cast('' as string) as product_id,
    cast(null as string) as sku,
    cast('unassigned' as string) as product_name,
    cast(null as string) as product_type,
    cast(null as string) as currency,
    cast(false as boolean) as is_active,
    cast(null as decimal(18, 2)) as price_amount,
    cast(null as decimal(18, 2)) as cost_amount,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as _loaded_at
