-- How many orders have a customer behind them: what no customer KPI can see.
-- Grain: one row.
with orders as (select * from {{ ref("fct_customer_orders") }})
select
    cast(count(*) as bigint) as order_count,
    cast(count(customer_key) as bigint) as resolved_order_count,
    {{ safe_ratio("count(customer_key)", "count(*)") }} as resolved_order_share
from orders
where order_date <= {{ as_of_date() }}
