-- Line items as HubSpot says them, archived ones included.
-- Grain: one row per line item id, newest version. Their deal is an association.
{{ config(enabled=is_vendor_used("hubspot")) }}
{% set period = "upper(trim(line_items.hs_recurring_billing_period))" %}
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
    nullif(trim(line_items.recurringbillingfrequency), '') is not null as is_recurring,
    cast(
        case
            line_items.recurringbillingfrequency
            when 'weekly'
            then 52
            when 'biweekly'
            then 26
            when 'monthly'
            then 12
            when 'quarterly'
            then 4
            when 'per_six_months'
            then 2
            when 'annually'
            then 1
            when 'per_two_years'
            then 0.5
            when 'per_three_years'
            then 0.333333
            when 'per_four_years'
            then 0.25
            when 'per_five_years'
            then 0.2
        end as decimal(18, 6)
    ) as billings_per_year,
    -- A duration such as P12M, P1Y or P1Y6M; other units say it by the end date alone.
    cast(
        case
            when {{ period }} like 'P%Y%M'
            then
                12 * try_cast(split_part(substring({{ period }}, 2), 'Y', 1) as int)
                + try_cast(replace(split_part({{ period }}, 'Y', 2), 'M', '') as int)
            when {{ period }} like 'P%Y'
            then 12 * try_cast(replace(substring({{ period }}, 2), 'Y', '') as int)
            when {{ period }} like 'P%M'
            then try_cast(replace(substring({{ period }}, 2), 'M', '') as int)
        end as int
    ) as term_months,
    cast(line_items.quantity as decimal(18, 6)) as quantity,
    cast(line_items.price as decimal(18, 2)) as unit_price_amount,
    cast(line_items.amount as decimal(18, 2)) as line_amount,
    cast(line_items.hs_recurring_billing_start_date as date) as billing_start_date,
    cast(line_items.hs_recurring_billing_end_date as date) as billing_end_date,
    cast(
        coalesce(line_items.createdate, line_items.created_at) as timestamp
    ) as created_at,
    {{ loaded_at("line_items._dlt_load_id") }} as _loaded_at
from line_items
left join account on 1 = 1
