-- Line items as HubSpot says them, archived ones included.
-- Grain: one row per line item id, newest version. Their deal is an association.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    line_items as ({{ newest_rows("hubspot", "line_items") }}),
    account as (select * from {{ ref("stg_hubspot__account") }})
select
    cast(line_items.id as string) as line_item_id,
    cast(nullif(line_items.hs_product_id, '') as string) as product_id,
    cast(nullif(trim(line_items.name), '') as string) as line_item_name,
    cast(nullif(trim(line_items.hs_sku), '') as string) as sku,
    cast(
        coalesce(
            upper(nullif(trim(line_items.hs_line_item_currency_code), '')),
            account.currency
        ) as string
    ) as currency,
    coalesce(line_items.archived, false) or line_items.is_vanished as is_archived,
    cast(line_items.quantity as decimal(18, 6)) as quantity,
    cast(line_items.price as decimal(18, 2)) as unit_price_amount,
    cast(line_items.amount as decimal(18, 2)) as line_amount,
    cast(
        coalesce(line_items.createdate, line_items.created_at) as timestamp
    ) as created_at,
    {{ loaded_at("line_items._dlt_load_id") }} as _loaded_at
from line_items
left join account on 1 = 1
