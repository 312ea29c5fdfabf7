-- Customers who ordered, with how they were won and when they came back.
-- Grain: one row per customer_key with an order. The first order says country and
-- channel.
with
    orders as (
        select customer_orders.*, orders.is_guest
        from {{ ref("fct_customer_orders") }} as customer_orders
        inner join
            {{ ref("fct_orders") }} as orders
            on customer_orders.order_key = orders.order_key
        where customer_orders.customer_key is not null
    ),
    firsts as (select * from orders where order_number = 1),
    counts as (
        select
            customer_key,
            count(*) as order_count,
            max(purchase_number) as purchase_count,
            sum(
                case when net_sales_amount_base is null then 1 else 0 end
            ) as unconverted_order_count,
            min(case when purchase_number = 2 then order_date end) as second_order_date,
            max(order_date) as last_order_date,
            bool_or(not is_guest) as has_account
        from orders
        group by customer_key
    )
select
    cast(firsts.customer_key as string) as customer_key,
    cast(firsts.country_name as string) as country_name,
    cast(firsts.channel_group_name as string) as channel_group_name,
    counts.has_account,
    cast(counts.order_count as bigint) as order_count,
    cast(counts.purchase_count as bigint) as purchase_count,
    cast(counts.unconverted_order_count as bigint) as unconverted_order_count,
    cast(firsts.order_date as date) as first_order_date,
    cast(counts.second_order_date as date) as second_order_date,
    cast(counts.last_order_date as date) as last_order_date
from firsts
inner join counts on firsts.customer_key = counts.customer_key
