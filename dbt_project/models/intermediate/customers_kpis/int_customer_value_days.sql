-- What each buyer was worth on each day: sales less discounts on the order's day, less
-- returns on the refund's own; and the margin of the orders whose costs are known. What
-- came back has cost what it cost.
-- Grain: one row per (customer_key, value_date). A refund is its order's buyer's; of an
-- unknown order, the buyer's whose account or device it names.
with
    orders as (
        select * from {{ ref("fct_customer_orders") }} where customer_key is not null
    ),
    buyers as (select distinct customer_key from orders),
    customer_records as (select * from {{ ref("dim_customer_records") }}),
    refunds as (
        select
            refunds.*,
            orders.margin_amount_base,
            case
                when refunds.order_key is null
                then coalesce(users.customer_key, visitors.customer_key)
                else orders.customer_key
            end as customer_key
        from {{ ref("fct_refunds") }} as refunds
        left join orders on refunds.order_key = orders.order_key
        left join
            customer_records as users
            on refunds.vendor = users.vendor
            and users.record_type = 'user'
            and refunds.user_id = users.record_id
        left join
            customer_records as visitors
            on refunds.vendor = visitors.vendor
            and visitors.record_type = 'visitor'
            and refunds.anonymous_id = visitors.record_id
    ),
    events as (
        select
            customer_key,
            order_date as value_date,
            coalesce(net_sales_amount_base, 0) as amount_base,
            coalesce(net_sales_amount_base, 0) as sales_amount_base,
            case
                when margin_amount_base is null then 0 else net_sales_amount_base
            end as covered_sales_amount_base,
            coalesce(margin_amount_base, 0) as margin_amount_base,
            0 as unconverted_count
        from orders
        union all
        select
            refunds.customer_key,
            refunds.refund_date as value_date,
            - coalesce(refunds.returned_amount_base, 0) as amount_base,
            0 as sales_amount_base,
            0 as covered_sales_amount_base,
            case
                when refunds.margin_amount_base is null
                then 0
                else - coalesce(refunds.returned_amount_base, 0)
            end as margin_amount_base,
            case
                when refunds.returned_amount_base is null then 1 else 0
            end as unconverted_count
        from refunds
        inner join buyers on refunds.customer_key = buyers.customer_key
    )
select
    cast(customer_key as string) as customer_key,
    cast(sum(amount_base) as decimal(18, 6)) as net_value_amount_base,
    cast(sum(sales_amount_base) as decimal(18, 6)) as sales_amount_base,
    cast(sum(covered_sales_amount_base) as decimal(18, 6)) as covered_sales_amount_base,
    cast(sum(margin_amount_base) as decimal(18, 6)) as margin_amount_base,
    cast(sum(unconverted_count) as bigint) as unconverted_refund_count,
    cast(value_date as date) as value_date
from events
where value_date <= {{ as_of_date() }}
group by customer_key, value_date
