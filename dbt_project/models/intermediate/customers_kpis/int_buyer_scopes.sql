-- Under which scopes each buyer counts. Whoever never used an account is known by a
-- device alone, and is another customer on the next one.
-- Grain: one row per (customer_key, scope_type). Country and channel are the first
-- order's; the segment is the one of now.
{% set scopes = {
    "total": "'all'",
    "country": "country_name",
    "channel": "channel_group_name",
    "segment": "segment_name",
    "account": "case when has_account then 'account' else 'guest' end",
} %}
with
    customers as (select * from {{ ref("dim_customers") }}),
    buyers as (
        select buyers.*, coalesce(customers.segment_name, 'unknown') as segment_name
        from {{ ref("int_buyers") }} as buyers
        left join customers on buyers.customer_key = customers.customer_key
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
