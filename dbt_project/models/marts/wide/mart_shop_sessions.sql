-- Visits with the customer, the country's region and the day, for BI.
-- Grain: one row per session_key.
with
    sessions as (select * from {{ ref("fct_sessions") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    countries as (select * from {{ ref("dim_countries") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    sessions.session_key,
    sessions.visitor_key,
    sessions.customer_key,
    sessions.first_order_key,
    sessions.vendor,
    sessions.country_name,
    customers.age_group_name,
    customers.segment_name,
    sessions.device_type,
    sessions.landing_path,
    sessions.referrer_host,
    sessions.source_name,
    sessions.medium_name,
    sessions.campaign_name,
    sessions.channel_group_name,
    {{ nobodys_rep() }},
    cast(coalesce(countries.region_name, 'unknown') as string) as region_name,
    sessions.is_engaged,
    sessions.has_viewed_product,
    sessions.has_added_to_cart,
    sessions.has_started_checkout,
    sessions.has_entered_payment,
    sessions.has_purchased,
    sessions.furthest_step_number,
    sessions.event_count,
    sessions.page_view_count,
    sessions.order_count,
    sessions.net_sales_amount_base,
    sessions.duration_minutes,
    sessions.session_date,
    {{ calendar_columns("days") }},
    sessions.started_hour,
    sessions.started_at,
    sessions.ended_at
from sessions
left join customers on sessions.customer_key = customers.customer_key
left join countries on sessions.country_name = countries.country_name
left join days on sessions.session_date = days.calendar_date
