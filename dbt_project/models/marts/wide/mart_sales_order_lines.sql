-- Lines of orders with all that is known of the order, the buyer and the day, for BI.
-- Grain: one row per order_line_key.
with
    lines as (select * from {{ ref("fct_order_lines") }}),
    orders as (select * from {{ ref("fct_orders") }}),
    customer_orders as (select * from {{ ref("fct_customer_orders") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    countries as (select * from {{ ref("dim_countries") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    lines.order_line_key,
    lines.order_key,
    customer_orders.customer_key,
    customer_orders.session_key,
    orders.vendor,
    orders.order_id,
    lines.line_number,
    lines.product_id,
    lines.sku,
    lines.product_name,
    lines.category_name,
    lines.brand_name,
    lines.line_type,
    orders.country_name,
    customer_orders.channel_group_name,
    customers.age_group_name,
    customers.segment_name,
    orders.payment_method,
    orders.coupon_code,
    orders.affiliation_name,
    {{ nobodys_rep() }},
    cast(coalesce(countries.region_name, 'unknown') as string) as region_name,
    lines.currency,
    orders.is_guest,
    orders.was_cancelled,
    lines.quantity,
    lines.unit_price,
    lines.gross_amount,
    lines.gross_amount_base,
    lines.cost_amount_base,
    customer_orders.order_number,
    lines.order_date,
    {{ calendar_columns("days") }},
    orders.ordered_at
from lines
inner join orders on lines.order_key = orders.order_key
left join customer_orders on lines.order_key = customer_orders.order_key
left join customers on customer_orders.customer_key = customers.customer_key
left join countries on orders.country_name = countries.country_name
left join days on lines.order_date = days.calendar_date
