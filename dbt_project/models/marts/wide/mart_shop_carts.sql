-- Carts with the customer, the visit, the country's region and the day, for BI.
-- Grain: one row per cart_key.
with
    carts as (select * from {{ ref("fct_carts") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    countries as (select * from {{ ref("dim_countries") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    carts.cart_key,
    carts.customer_key,
    carts.session_key,
    carts.order_key,
    carts.vendor,
    carts.cart_id,
    carts.country_name,
    customers.age_group_name,
    customers.segment_name,
    carts.device_type,
    carts.channel_group_name,
    sessions.source_name,
    sessions.medium_name,
    sessions.campaign_name,
    carts.cart_status,
    carts.recovery_trigger_name,
    {{ nobodys_rep() }},
    cast(coalesce(countries.region_name, 'unknown') as string) as region_name,
    carts.currency,
    carts.is_recoverable,
    carts.is_recovered,
    carts.unit_count,
    carts.cart_amount,
    carts.cart_amount_base,
    carts.recovered_amount_base,
    carts.created_date,
    {{ calendar_columns("days") }},
    carts.created_hour,
    carts.created_at,
    carts.ordered_at
from carts
left join customers on carts.customer_key = customers.customer_key
left join sessions on carts.session_key = sessions.session_key
left join countries on carts.country_name = countries.country_name
left join days on carts.created_date = days.calendar_date
