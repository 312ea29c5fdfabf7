-- Opportunity products as Salesforce says them, deleted ones included.
-- Grain: one row per line item id, newest version.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    line_items as (
        {{
            newest_rows(
                "salesforce", "opportunity_line_items", newest_by="system_modstamp"
            )
        }}
    ),
    products as (
        {{ newest_rows("salesforce", "products", newest_by="system_modstamp") }}
    ),
    organization as (select * from {{ ref("stg_salesforce__organization") }})
select
    cast(line_items.id as string) as line_item_id,
    cast(line_items.product2_id as string) as product_id,
    -- Its own name is "<opportunity> <product>".
    cast(
        coalesce(nullif(trim(products.name), ''), line_items.name) as string
    ) as line_item_name,
    cast(nullif(trim(line_items.product_code), '') as string) as sku,
    cast(
        coalesce(upper(line_items.currency_iso_code), organization.currency) as string
    ) as currency,
    coalesce(line_items.is_deleted, false) or line_items.is_vanished as is_archived,
    -- An opportunity product says no billing: subscriptions are an add-on's objects.
    false as is_recurring,
    cast(null as decimal(18, 6)) as billings_per_year,
    cast(null as int) as term_months,
    cast(line_items.quantity as decimal(18, 6)) as quantity,
    cast(line_items.unit_price as decimal(18, 2)) as unit_price_amount,
    cast(line_items.total_price as decimal(18, 2)) as line_amount,
    cast(null as date) as billing_start_date,
    cast(null as date) as billing_end_date,
    cast(line_items.created_date as timestamp) as created_at,
    {{ loaded_at("line_items._dlt_load_id") }} as _loaded_at
from line_items
left join products on line_items.product2_id = products.id
left join organization on 1 = 1
