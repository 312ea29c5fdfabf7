-- Fails if the credits of an order are not the whole order under every model.
with
    credits as (select * from {{ ref("fct_attribution_credits") }}),
    orders as (select * from {{ ref("fct_customer_orders") }}),
    summed as (
        select
            order_key,
            attribution_model_name,
            sum(credit_share) as credit_share,
            sum(credited_amount_base) as credited_amount_base
        from credits
        group by order_key, attribution_model_name
    ),
    counted as (
        select order_key, count(*) as model_count from summed group by order_key
    )
select orders.order_key, summed.attribution_model_name
from orders
left join summed on orders.order_key = summed.order_key
left join counted on orders.order_key = counted.order_key
where
    counted.model_count is null
    or counted.model_count <> 8
    or abs(summed.credit_share - 1) > 0.000000001
    or summed.credited_amount_base is distinct from orders.net_sales_amount_base
