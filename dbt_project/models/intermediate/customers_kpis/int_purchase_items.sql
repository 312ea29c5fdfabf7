-- What each purchase held, by product and by category (K90).
-- Grain: one row per (customer_key, purchase_number, item_type, item_name).
with
    orders as (
        select *
        from {{ ref("fct_customer_orders") }}
        where customer_key is not null and order_date <= {{ as_of_date() }}
    ),
    lines as (select * from {{ ref("fct_order_lines") }} where line_type = 'product'),
    items as (
        {% for item_type, item_name in {
            "product": "coalesce(lines.sku, lines.product_id, lines.product_name)",
            "category": "lines.category_name",
        }.items() %}
            select
                orders.customer_key,
                orders.purchase_number,
                '{{ item_type }}' as item_type,
                {{ item_name }} as item_name
            from orders
            inner join lines on orders.order_key = lines.order_key
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select
    cast(customer_key as string) as customer_key,
    cast(purchase_number as bigint) as purchase_number,
    cast(item_type as string) as item_type,
    cast(item_name as string) as item_name
from items
where item_name is not null
group by customer_key, purchase_number, item_type, item_name
