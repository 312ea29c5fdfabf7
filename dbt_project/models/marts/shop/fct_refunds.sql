-- Money that went back to customers, dated by the refund and, where known, by its
-- order.
-- Grain: one row per refund_key. order_key is NULL when no such order was loaded.
with
    refunds as (select * from {{ ref("int_refunds") }}),
    lines as (select * from {{ ref("int_refund_lines") }}),
    orders as (select * from {{ ref("fct_orders") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    valued_lines as (
        select
            vendor,
            refund_id,
            {{ line_type("category_name") }} as line_type,
            abs(coalesce(quantity, 1)) as quantity,
            abs({{ line_amount("unit_price", "quantity") }}) as line_amount
        from lines
    ),
    refund_lines as (
        select
            vendor,
            refund_id,
            sum(
                case when line_type = 'product' then quantity else 0 end
            ) as returned_unit_count,
            sum(quantity) as all_quantity,
            sum(
                case when line_type = 'product' then line_amount else 0 end
            ) as returned_amount,
            sum(
                case when line_type = 'product' then 0 else line_amount end
            ) as other_amount
        from valued_lines
        group by vendor, refund_id
    ),
    dated_refunds as (
        select *, {{ local_date("refunded_at") }} as refund_date from refunds
    ),
    joined as (
        select
            refunds.vendor,
            refunds.refund_id,
            orders.order_key,
            refunds.order_id,
            refunds.user_id,
            refunds.anonymous_id,
            -- The order's discount went off the price of what comes back, too.
            case
                when orders.gross_amount > 0 and lines.refund_id is not null
                then
                    cast(orders.gross_amount - orders.discount_amount as double)
                    / cast(orders.gross_amount as double)
                else 1
            end as paid_share,
            -- Its order's country first, so that returns meet the sales they reduce.
            coalesce(
                orders.country_name, refunds.country_name, 'unknown'
            ) as country_name,
            coalesce(refunds.currency, orders.currency) as currency,
            lines.returned_unit_count,
            coalesce(
                case
                    when lines.refund_id is not null
                    then
                        {{
                            product_amount(
                                "lines.returned_amount",
                                "lines.other_amount",
                                "lines.all_quantity",
                                "refunds.subtotal_amount",
                            )
                        }}
                end,
                abs(refunds.total_amount)
                - abs(coalesce(refunds.shipping_amount, 0))
                - abs(coalesce(refunds.tax_amount, 0)),
                0
            ) as listed_amount,
            coalesce(
                abs(refunds.total_amount), lines.returned_amount + lines.other_amount, 0
            ) as refund_total_amount,
            rates.rate_to_base,
            order_rates.rate_to_base as order_rate_to_base,
            refunds.refund_date,
            hour({{ to_local_time("refunds.refunded_at") }}) as refunded_hour,
            refunds.refunded_at,
            orders.order_date,
            refunds._loaded_at
        from dated_refunds as refunds
        left join
            refund_lines as lines
            on refunds.vendor = lines.vendor
            and refunds.refund_id = lines.refund_id
        left join
            orders
            on refunds.vendor = orders.vendor
            and refunds.order_id = orders.order_id
        left join
            rates
            on refunds.refund_date = rates.rate_date
            and coalesce(refunds.currency, orders.currency) = rates.currency
        left join
            rates as order_rates
            on orders.order_date = order_rates.rate_date
            and coalesce(refunds.currency, orders.currency) = order_rates.currency
    ),
    final as (
        select
            *,
            case
                when paid_share = 1
                then listed_amount
                else
                    cast(
                        round(cast(listed_amount as double) * paid_share, 4) as decimal(
                            18, 6
                        )
                    )
            end as priced_amount
        from joined
    )
select
    cast({{ surrogate_key(["vendor", "refund_id"]) }} as string) as refund_key,
    cast(order_key as string) as order_key,
    cast(vendor as string) as vendor,
    cast(refund_id as string) as refund_id,
    cast(order_id as string) as order_id,
    cast(user_id as string) as user_id,
    cast(anonymous_id as string) as anonymous_id,
    cast(country_name as string) as country_name,
    cast(currency as string) as currency,
    cast(returned_unit_count as decimal(18, 6)) as returned_unit_count,
    cast(priced_amount as decimal(18, 6)) as returned_amount,
    cast(refund_total_amount as decimal(18, 6)) as refund_total_amount,
    {{ base_amount("priced_amount", "currency", "rate_to_base", 6) }}
    as returned_amount_base,
    {{ base_amount("refund_total_amount", "currency", "rate_to_base", 6) }}
    as refund_total_amount_base,
    cast(
        case
            when order_date is not null
            then
                {{ base_amount("refund_total_amount", "currency", "rate_to_base", 6) }}
                - {{
                    base_amount(
                        "refund_total_amount", "currency", "order_rate_to_base", 6
                    )
                }}
        end as decimal(18, 6)
    ) as fx_effect_amount_base,
    cast(refund_date as date) as refund_date,
    cast(refunded_hour as int) as refunded_hour,
    cast(refunded_at as timestamp) as refunded_at,
    cast(order_date as date) as order_date,
    cast(_loaded_at as timestamp) as _loaded_at
from final
