-- K89: how recently, how often and for how much each buyer bought, in fifths.
-- Grain: one row per customer_key with an order. Equal buyers are parted by their key;
-- the amount is capped at its 99th percentile.
with
    buyers as (select * from {{ ref("int_buyers") }}),
    customer_values as (
        select customer_key, sum(net_value_amount_base) as net_value_amount_base
        from {{ ref("int_customer_value_days") }}
        group by customer_key
    ),
    valued as (
        select
            buyers.*,
            customer_values.net_value_amount_base,
            {{ days_between("buyers.last_order_date", as_of_date()) }} as recency_days
        from buyers
        inner join customer_values on buyers.customer_key = customer_values.customer_key
    ),
    caps as (
        select
            percentile_cont(0.99) within group (
                order by cast(net_value_amount_base as double) asc nulls last
            ) as highest_value
        from valued
    ),
    capped as (
        select
            valued.*,
            least(
                cast(valued.net_value_amount_base as double), caps.highest_value
            ) as monetary_value
        from valued
        cross join caps
    )
select
    cast(customer_key as string) as customer_key,
    cast(recency_days as bigint) as recency_days,
    cast(purchase_count as bigint) as purchase_count,
    cast(net_value_amount_base as decimal(18, 6)) as net_value_amount_base,
    cast(monetary_value as double) as monetary_value,
    cast(
        ntile(5) over (
            order by recency_days desc nulls last, customer_key asc nulls last
        ) as int
    ) as recency_fifth_number,
    cast(
        ntile(5) over (
            order by purchase_count asc nulls last, customer_key asc nulls last
        ) as int
    ) as frequency_fifth_number,
    cast(
        ntile(5) over (
            order by monetary_value asc nulls last, customer_key asc nulls last
        ) as int
    ) as monetary_fifth_number
from capped
