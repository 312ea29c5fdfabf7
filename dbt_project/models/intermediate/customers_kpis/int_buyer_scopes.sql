-- Under which scopes each buyer counts.
-- Grain: one row per (customer_key, scope_type).
{% set scopes = {
    "total": "'all'",
    "country": "country_name",
    "channel": "channel_group_name",
} %}
with
    buyers as (select * from {{ ref("int_buyers") }}),
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
