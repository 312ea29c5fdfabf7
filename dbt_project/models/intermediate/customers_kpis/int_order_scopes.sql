-- Under which scopes each order counts.
-- Grain: one row per (order_key, scope_type). Country and channel are the order's own;
-- segment and age group are the customer's of now.
{% set scopes = {
    "total": "'all'",
    "country": "country_name",
    "channel": "channel_group_name",
    "segment": "segment_name",
    "age_group": "age_group_name",
} %}
with
    orders as (
        select *
        from {{ ref("fct_customer_orders") }}
        where order_date <= {{ as_of_date() }}
    ),
    cancellations as (select order_key, was_cancelled from {{ ref("fct_orders") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    described as (
        select
            orders.order_key,
            orders.country_name,
            orders.channel_group_name,
            coalesce(customers.segment_name, 'unknown') as segment_name,
            coalesce(customers.age_group_name, 'unknown') as age_group_name,
            cancellations.was_cancelled,
            orders.order_date
        from orders
        inner join cancellations on orders.order_key = cancellations.order_key
        left join customers on orders.customer_key = customers.customer_key
    ),
    final as (
        {% for scope_type, scope_name in scopes.items() %}
            select
                order_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                was_cancelled,
                order_date
            from described
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select
    cast(order_key as string) as order_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(was_cancelled as boolean) as was_cancelled,
    cast(order_date as date) as order_date
from final
