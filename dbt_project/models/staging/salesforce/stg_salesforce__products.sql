-- Products with their price in the standard price book, deleted ones included.
-- Grain: one row per product id, newest version.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    products as (
        {{ newest_rows("salesforce", "products", newest_by="system_modstamp") }}
    ),
    entries as (
        {{
            newest_rows(
                "salesforce", "pricebook_entries", newest_by="system_modstamp"
            )
        }}
    ),
    books as (
        {{ newest_rows("salesforce", "pricebooks", newest_by="system_modstamp") }}
    ),
    organization as (select * from {{ ref("stg_salesforce__organization") }}),
    ranked as (
        select
            entries.product2_id as product_id,
            coalesce(entries.currency_iso_code, organization.currency) as currency,
            entries.unit_price,
            row_number() over (
                partition by entries.product2_id
                order by
                    case
                        when entries.currency_iso_code = organization.currency
                        then 0
                        else 1
                    end asc nulls last,
                    entries.id asc nulls last
            ) as entry_rank
        from entries
        inner join books on entries.pricebook2_id = books.id
        left join organization on 1 = 1
        where
            books.is_standard
            and entries.is_active
            and not coalesce(entries.is_deleted, false)
            and not entries.is_vanished
    ),
    prices as (select * from ranked where entry_rank = 1)
select
    cast(products.id as string) as product_id,
    cast(
        coalesce(
            nullif(trim(products.stock_keeping_unit), ''),
            nullif(trim(products.product_code), '')
        ) as string
    ) as sku,
    cast(nullif(trim(products.name), '') as string) as product_name,
    cast(nullif(trim(products.family), '') as string) as product_type,
    cast(coalesce(prices.currency, organization.currency) as string) as currency,
    coalesce(products.is_deleted, false)
    or coalesce(products.is_archived, false)
    or not coalesce(products.is_active, true)
    or products.is_vanished as is_archived,
    cast(prices.unit_price as decimal(18, 2)) as price_amount,
    -- Salesforce has no cost of a product.
    cast(null as decimal(18, 2)) as cost_amount,
    cast(products.created_date as timestamp) as created_at,
    {{ loaded_at("products._dlt_load_id") }} as _loaded_at
from products
left join prices on products.id = prices.product_id
left join organization on 1 = 1
