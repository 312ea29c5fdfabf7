-- Completed orders: who bought, what was sold, what was charged.
-- Grain: one row per order_key. A cancelled order stays: it was paid, and the money
-- that goes back is a refund.
with
    orders as (select * from {{ ref("int_orders") }}),
    cancellations as (select * from {{ ref("int_order_cancellations") }}),
    lines as (select * from {{ ref("fct_order_lines") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    order_lines as (
        select
            order_key,
            count(*) as line_count,
            sum(case when line_type = 'product' then quantity else 0 end) as unit_count,
            sum(quantity) as all_quantity,
            sum(gross_amount) as gross_amount,
            sum(line_amount) - sum(gross_amount) as other_amount,
            sum(case when is_gift_card then line_amount else 0 end) as gift_card_amount
        from lines
        group by order_key
    ),
    keyed_orders as (
        select
            *,
            -- Senders disagree whether a subtotal is before or after the discount;
            -- revenue is after it.
            coalesce(
                revenue_amount + coalesce(discount_amount, 0), subtotal_amount
            ) as stated_amount,
            {{ surrogate_key(["vendor", "order_id"]) }} as order_key,
            {{ local_date("ordered_at") }} as order_date
        from orders
    ),
    valued as (
        select
            orders.*,
            cancellations.cancelled_at,
            coalesce(lines.line_count, 0) as line_count,
            lines.unit_count,
            coalesce(lines.gift_card_amount, 0) as gift_card_amount,
            case
                when lines.order_key is null
                then
                    coalesce(
                        orders.stated_amount,
                        orders.total_amount
                        - coalesce(orders.shipping_amount, 0)
                        - coalesce(orders.tax_amount, 0)
                        + coalesce(orders.discount_amount, 0),
                        0
                    )
                else
                    {{
                        product_amount(
                            "lines.gross_amount",
                            "lines.other_amount",
                            "lines.all_quantity",
                            "orders.stated_amount",
                        )
                    }}
            end as gross_amount,
            rates.rate_to_base
        from keyed_orders as orders
        left join order_lines as lines on orders.order_key = lines.order_key
        left join
            cancellations
            on orders.vendor = cancellations.vendor
            and orders.order_id = cancellations.order_id
        left join
            rates
            on orders.order_date = rates.rate_date
            and orders.currency = rates.currency
    ),
    charged as (
        select
            *,
            coalesce(
                total_amount,
                revenue_amount + coalesce(shipping_amount, 0) + coalesce(tax_amount, 0),
                gross_amount
                + gift_card_amount
                - coalesce(discount_amount, 0)
                + coalesce(shipping_amount, 0)
                + coalesce(tax_amount, 0)
            ) as charged_amount
        from valued
    ),
    final as (
        select
            order_key,
            vendor,
            order_id,
            coalesce(user_id, anonymous_id) as customer_id,
            user_id,
            anonymous_id,
            coalesce(country_name, 'unknown') as country_name,
            currency,
            payment_method,
            coupon_code,
            affiliation_name,
            user_id is null as is_guest,
            cancelled_at is not null as was_cancelled,
            line_count,
            unit_count,
            cast(gross_amount as decimal(18, 6)) as gross_amount,
            cast(coalesce(discount_amount, 0) as decimal(18, 6)) as discount_amount,
            cast(coalesce(shipping_amount, 0) as decimal(18, 6)) as shipping_amount,
            cast(coalesce(tax_amount, 0) as decimal(18, 6)) as tax_amount,
            cast(charged_amount as decimal(18, 6)) as total_amount,
            cast(gift_card_amount as decimal(18, 6)) as gift_card_amount,
            rate_to_base,
            order_date,
            hour({{ to_local_time("ordered_at") }}) as ordered_hour,
            ordered_at,
            cancelled_at,
            _loaded_at
        from charged
    )
select
    cast(order_key as string) as order_key,
    cast(vendor as string) as vendor,
    cast(order_id as string) as order_id,
    cast(customer_id as string) as customer_id,
    cast(user_id as string) as user_id,
    cast(anonymous_id as string) as anonymous_id,
    cast(country_name as string) as country_name,
    cast(currency as string) as currency,
    cast(payment_method as string) as payment_method,
    cast(coupon_code as string) as coupon_code,
    cast(affiliation_name as string) as affiliation_name,
    cast(is_guest as boolean) as is_guest,
    cast(was_cancelled as boolean) as was_cancelled,
    cast(line_count as bigint) as line_count,
    cast(unit_count as decimal(18, 6)) as unit_count,
    gross_amount,
    discount_amount,
    shipping_amount,
    tax_amount,
    total_amount,
    gift_card_amount,
    {% for measure in [
        "gross",
        "discount",
        "shipping",
        "tax",
        "total",
        "gift_card",
    ] %}
        {{ base_amount(measure ~ "_amount", "currency", "rate_to_base", 6) }}
        as {{ measure }}_amount_base,
    {% endfor %}
    cast(order_date as date) as order_date,
    cast(ordered_hour as int) as ordered_hour,
    cast(ordered_at as timestamp) as ordered_at,
    cast(cancelled_at as timestamp) as cancelled_at,
    cast(_loaded_at as timestamp) as _loaded_at
from final
