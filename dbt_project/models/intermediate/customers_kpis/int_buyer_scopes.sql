-- Under which scopes each buyer counts. Whoever never used an account is known by a
-- device alone, and is another customer on the next one.
-- Grain: one row per (customer_key, scope_type). Country and channel are the first
-- order's, and so is the category: the one it spent most on. Segment and age group are
-- those of now.
{% set scopes = {
    "total": "'all'",
    "country": "country_name",
    "channel": "channel_group_name",
    "segment": "segment_name",
    "age_group": "age_group_name",
    "first_category": "first_category_name",
    "account": "case when has_account then 'account' else 'guest' end",
} %}
with
    customers as (select * from {{ ref("dim_customers") }}),
    orders as (select * from {{ ref("fct_customer_orders") }} where order_number = 1),
    lines as (select * from {{ ref("fct_order_lines") }} where line_type = 'product'),
    -- One order has one currency, so that no rate is needed to compare its lines.
    sold_categories as (
        select
            orders.customer_key,
            lines.category_name,
            row_number() over (
                partition by orders.customer_key
                order by
                    sum(lines.gross_amount) desc nulls last,
                    lines.category_name asc nulls last
            ) as category_rank
        from orders
        inner join lines on orders.order_key = lines.order_key
        where orders.customer_key is not null
        group by orders.customer_key, lines.category_name
    ),
    buyers as (
        select
            buyers.*,
            coalesce(customers.segment_name, 'unknown') as segment_name,
            coalesce(customers.age_group_name, 'unknown') as age_group_name,
            coalesce(sold_categories.category_name, 'unknown') as first_category_name
        from {{ ref("int_buyers") }} as buyers
        left join customers on buyers.customer_key = customers.customer_key
        left join
            sold_categories
            on buyers.customer_key = sold_categories.customer_key
            and sold_categories.category_rank = 1
    ),
    final as (
        {% for scope_type, scope_name in scopes.items() %}
            select
                customer_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                order_count,
                unconverted_order_count,
                first_order_date,
                second_order_date
            from buyers
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select *
from final
