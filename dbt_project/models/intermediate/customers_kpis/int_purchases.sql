-- Purchases: a customer's orders of one day, with the customer's next one (K84 to K86,
-- K90).
-- Grain: one row per (customer_key, purchase_number).
with
    orders as (
        select *
        from {{ ref("fct_customer_orders") }}
        where customer_key is not null and order_date <= {{ as_of_date() }}
    ),
    purchases as (
        select
            customer_key,
            purchase_number,
            order_date as purchase_date,
            -- NULL only where none of the orders has an exchange rate.
            sum(net_sales_amount_base) as net_sales_amount_base
        from orders
        group by customer_key, purchase_number, order_date
    )
select
    cast(customer_key as string) as customer_key,
    cast(purchase_number as bigint) as purchase_number,
    cast(net_sales_amount_base as decimal(18, 6)) as net_sales_amount_base,
    cast(purchase_date as date) as purchase_date,
    cast(
        lead(purchase_date) over (
            partition by customer_key order by purchase_number asc nulls last
        ) as date
    ) as next_purchase_date
from purchases
