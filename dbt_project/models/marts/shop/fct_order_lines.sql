-- What was sold, line by line, before discounts, and what it cost.
-- Grain: one row per order_line_key, a product of a completed order. The cost is the
-- one that the CRM's library states now.
with
    lines as (select * from {{ ref("int_order_lines") }}),
    orders as (select * from {{ ref("int_orders") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    products as (
        select
            sku,
            currency,
            cost_amount,
            row_number() over (
                partition by sku
                order by
                    is_archived asc nulls last,
                    created_at desc nulls last,
                    vendor asc nulls last,
                    product_id asc nulls last
            ) as choice_number
        from {{ ref("int_products") }}
        where sku is not null and cost_amount is not null
    ),
    costs as (select * from products where choice_number = 1),
    dated_orders as (
        select *, {{ local_date("ordered_at") }} as order_date from orders
    ),
    valued as (
        select
            dated_orders.vendor,
            dated_orders.order_id,
            lines.line_number,
            lines.product_id,
            lines.sku,
            lines.product_name,
            lines.category_name,
            lines.brand_name,
            dated_orders.currency,
            dated_orders.order_date,
            {{ line_type("lines.category_name") }} as line_type,
            coalesce(lines.quantity, 1) as quantity,
            lines.unit_price,
            {{ line_amount("lines.unit_price", "lines.quantity") }} as line_amount
        from lines
        inner join
            dated_orders
            on lines.vendor = dated_orders.vendor
            and lines.order_id = dated_orders.order_id
    ),
    final as (
        select
            valued.*,
            case
                when valued.line_type = 'product' then valued.line_amount else 0
            end as gross_amount,
            case
                when valued.line_type = 'product'
                then cast(costs.cost_amount * valued.quantity as decimal(18, 6))
                else 0
            end as cost_amount,
            case
                when valued.line_type = 'product'
                then costs.currency
                else {{ base_currency() }}
            end as cost_currency,
            rates.rate_to_base,
            cost_rates.rate_to_base as cost_rate_to_base
        from valued
        left join costs on valued.sku = costs.sku
        left join
            rates as cost_rates
            on valued.order_date = cost_rates.rate_date
            and costs.currency = cost_rates.currency
        left join
            rates
            on valued.order_date = rates.rate_date
            and valued.currency = rates.currency
    )
select
    cast(
        {{ surrogate_key(["vendor", "order_id", "line_number"]) }} as string
    ) as order_line_key,
    cast({{ surrogate_key(["vendor", "order_id"]) }} as string) as order_key,
    cast(line_number as bigint) as line_number,
    cast(product_id as string) as product_id,
    cast(sku as string) as sku,
    cast(product_name as string) as product_name,
    cast(category_name as string) as category_name,
    cast(brand_name as string) as brand_name,
    cast(line_type as string) as line_type,
    cast(currency as string) as currency,
    cast(line_type = 'gift_card' as boolean) as is_gift_card,
    cast(quantity as decimal(18, 6)) as quantity,
    cast(unit_price as decimal(18, 6)) as unit_price,
    cast(line_amount as decimal(18, 6)) as line_amount,
    cast(gross_amount as decimal(18, 6)) as gross_amount,
    {{ base_amount("gross_amount", "currency", "rate_to_base", 6) }}
    as gross_amount_base,
    {{ base_amount("cost_amount", "cost_currency", "cost_rate_to_base", 6) }}
    as cost_amount_base,
    cast(order_date as date) as order_date
from final
