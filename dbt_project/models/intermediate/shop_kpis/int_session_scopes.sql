-- Under which scopes each visit counts, so that every shop KPI sums the same ones.
-- Grain: one row per (session_key, scope_type). The age group is the customer's of now.
{{ config(materialized="view") }}
{% set scopes = {
    "total": "'all'",
    "channel": "channel_group_name",
    "device": "device_type",
    "country": "country_name",
    "region": "region_name",
    "source": "source_name",
    "campaign": "campaign_name",
    "age_group": "age_group_name",
} %}
with
    sessions as (select * from {{ ref("fct_sessions") }}),
    countries as (select * from {{ ref("dim_countries") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    described as (
        select
            sessions.session_key,
            sessions.channel_group_name,
            sessions.device_type,
            sessions.country_name,
            coalesce(countries.region_name, 'unknown') as region_name,
            sessions.source_name,
            coalesce(sessions.campaign_name, 'none') as campaign_name,
            coalesce(customers.age_group_name, 'unknown') as age_group_name,
            coalesce(sessions.customer_key, sessions.visitor_key) as user_key,
            sessions.is_engaged,
            sessions.has_purchased,
            sessions.furthest_step_number,
            sessions.has_viewed_product,
            sessions.has_added_to_cart,
            sessions.has_started_checkout,
            sessions.has_entered_payment,
            sessions.order_count,
            sessions.unconverted_order_count,
            sessions.net_sales_amount_base,
            sessions.session_date
        from sessions
        left join countries on sessions.country_name = countries.country_name
        left join customers on sessions.customer_key = customers.customer_key
    ),
    final as (
        {% for scope_type, scope_name in scopes.items() %}
            select
                session_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                user_key,
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
            from described
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select *
from final
