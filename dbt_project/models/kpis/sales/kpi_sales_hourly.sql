-- Shop sales per hour of the wall clock and country (K1, K2, K4 by hour).
-- Grain: one row per (sales_date, sales_hour, country_name) with a sale or a refund.
with
    orders as (select * from {{ ref("fct_orders") }}),
    refunds as (select * from {{ ref("fct_refunds") }}),
    events as (
        select
            order_date as sales_date,
            ordered_hour as sales_hour,
            country_name,
            gross_amount_base as gross_amount,
            discount_amount_base as discount_amount,
            0 as returned_amount,
            1 as order_count,
            0 as refund_count,
            unit_count,
            0 as returned_unit_count,
            case when gross_amount_base is null then 1 else 0 end as unconverted_count
        from orders
        union all
        select
            refund_date as sales_date,
            refunded_hour as sales_hour,
            country_name,
            0 as gross_amount,
            0 as discount_amount,
            returned_amount_base as returned_amount,
            0 as order_count,
            1 as refund_count,
            0 as unit_count,
            returned_unit_count,
            case
                when returned_amount_base is null then 1 else 0
            end as unconverted_count
        from refunds
    ),
    final as (
        select
            sales_date,
            sales_hour,
            country_name,
            coalesce(sum(gross_amount), 0) as gross_amount,
            coalesce(sum(discount_amount), 0) as discount_amount,
            coalesce(sum(returned_amount), 0) as returned_amount,
            sum(order_count) as order_count,
            sum(refund_count) as refund_count,
            coalesce(sum(unit_count), 0) as unit_count,
            coalesce(sum(returned_unit_count), 0) as returned_unit_count,
            sum(unconverted_count) as unconverted_count
        from events
        group by sales_date, sales_hour, country_name
    )
select
    cast(country_name as string) as country_name,
    cast(sales_hour as int) as sales_hour,
    cast(gross_amount as decimal(18, 2)) as gross_sales_amount_base,
    cast(discount_amount as decimal(18, 2)) as discount_amount_base,
    cast(returned_amount as decimal(18, 2)) as event_dated_returns_amount_base,
    cast(
        gross_amount - discount_amount - returned_amount as decimal(18, 2)
    ) as event_dated_net_sales_amount_base,
    cast(order_count as bigint) as order_count,
    cast(refund_count as bigint) as refund_count,
    cast(unconverted_count as bigint) as unconverted_count,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(returned_unit_count as decimal(18, 6)) as returned_unit_count,
    cast(sales_date as date) as sales_date
from final
