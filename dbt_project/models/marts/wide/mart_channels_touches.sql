-- Visits and events before an order with their credit, the buyer and the day, for BI.
-- Grain: one row per attribution_credit_key. Rows of different models must not be
-- added.
with
    credits as (select * from {{ ref("fct_attribution_credits") }}),
    orders as (select * from {{ ref("fct_orders") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    countries as (select * from {{ ref("dim_countries") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    credits.attribution_credit_key,
    credits.order_key,
    credits.customer_key,
    credits.session_key,
    credits.marketing_event_key,
    credits.attribution_model_name,
    credits.channel_group_name,
    credits.source_name,
    credits.medium_name,
    credits.campaign_name,
    orders.country_name,
    customers.age_group_name,
    customers.segment_name,
    {{ nobodys_rep() }},
    cast(coalesce(countries.region_name, 'unknown') as string) as region_name,
    credits.is_fallback,
    credits.touch_number,
    credits.touch_count,
    credits.credit_share,
    credits.credited_amount_base,
    credits.credited_margin_amount_base,
    credits.order_date,
    {{ calendar_columns("days") }},
    credits.ordered_at,
    credits.touched_at
from credits
left join orders on credits.order_key = orders.order_key
left join customers on credits.customer_key = customers.customer_key
left join countries on orders.country_name = countries.country_name
left join days on credits.order_date = days.calendar_date
