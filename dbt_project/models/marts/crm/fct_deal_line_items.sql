-- What a deal is made of. Grain: one row per line item of a deal in fct_deals.
with
    line_items as (select * from {{ ref("int_line_items") }}),
    line_item_deals as (select * from {{ ref("int_line_item_deals") }}),
    excluded as (
        select *
        from {{ ref("int_excluded_crm_records") }}
        where record_type = 'line_item'
    ),
    products as (select * from {{ ref("int_products") }}),
    amounts as (
        select *
        from {{ ref("int_crm_amounts_converted") }}
        where record_type = 'line_item'
    ),
    kept as (
        select
            {{ surrogate_key(["line_items.vendor", "line_items.line_item_id"]) }}
            as deal_line_item_key,
            {{ surrogate_key(["line_items.vendor", "line_item_deals.deal_id"]) }}
            as deal_key,
            coalesce(
                {{ surrogate_key(["line_items.vendor", "line_items.product_id"]) }},
                {{ unassigned_key() }}
            ) as product_key,
            line_items.*,
            coalesce(line_items.line_item_name, products.product_name) as product_name
        from line_items
        inner join
            line_item_deals
            on line_items.vendor = line_item_deals.vendor
            and line_items.line_item_id = line_item_deals.line_item_id
        left join
            excluded
            on line_items.vendor = excluded.vendor
            and line_items.line_item_id = excluded.record_id
        left join
            products
            on line_items.vendor = products.vendor
            and line_items.product_id = products.product_id
        where excluded.record_id is null
    )
select
    cast(kept.deal_line_item_key as string) as deal_line_item_key,
    cast(kept.vendor as string) as vendor,
    cast(kept.line_item_id as string) as line_item_id,
    cast(kept.deal_key as string) as deal_key,
    cast(kept.product_key as string) as product_key,
    cast(kept.product_name as string) as product_name,
    cast(kept.sku as string) as sku,
    cast(kept.currency as string) as currency,
    cast(kept.is_recurring as boolean) as is_recurring,
    cast(kept.billings_per_year as decimal(18, 6)) as billings_per_year,
    cast(kept.term_months as int) as term_months,
    cast(kept.quantity as decimal(18, 6)) as quantity,
    cast(kept.unit_price_amount as decimal(18, 2)) as unit_price_amount,
    cast(kept.line_amount as decimal(18, 2)) as line_amount,
    cast(amounts.amount_base as decimal(18, 2)) as line_amount_base,
    cast(kept.billing_start_date as date) as billing_start_date,
    cast(kept.billing_end_date as date) as billing_end_date,
    cast(kept.created_at as timestamp) as created_at,
    cast(kept._loaded_at as timestamp) as _loaded_at
from kept
left join amounts on kept.deal_line_item_key = amounts.record_key
