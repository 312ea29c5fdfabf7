-- Under which scopes each visit counts, so that every shop KPI sums the same ones.
-- Grain: one row per (session_key, scope_type).
{{ config(materialized="view") }}
{% set scopes = {
    "total": "'all'",
    "channel": "channel_group_name",
    "device": "device_type",
    "country": "country_name",
} %}
with
    sessions as (select * from {{ ref("fct_sessions") }}),
    final as (
        {% for scope_type, scope_name in scopes.items() %}
            select
                session_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                coalesce(customer_key, visitor_key) as user_key,
                is_engaged,
                has_purchased,
                furthest_step_number,
                has_viewed_product,
                has_added_to_cart,
                has_started_checkout,
                has_entered_payment,
                order_count,
                unconverted_order_count,
                net_sales_amount_base,
                session_date
            from sessions
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select *
from final
