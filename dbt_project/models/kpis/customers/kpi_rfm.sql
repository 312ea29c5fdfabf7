-- K89: buyers by how recently, how often and for how much they bought, and the segment
-- that follows.
-- Grain: one row per customer_key with an order, as of snapshot_date.
with
    scores as (
        select *
        from {{ ref("int_buyer_scores") }}
        where score_date = {{ as_of_date() }}
    )
select
    cast(customer_key as string) as customer_key,
    cast(segment_name as string) as segment_name,
    cast(recency_fifth_number as int) as recency_fifth_number,
    cast(frequency_fifth_number as int) as frequency_fifth_number,
    cast(monetary_fifth_number as int) as monetary_fifth_number,
    cast(recency_days as bigint) as recency_days,
    cast(purchase_count as bigint) as purchase_count,
    cast(net_value_amount_base as decimal(18, 2)) as net_sales_amount_base,
    cast(score_date as date) as snapshot_date
from scores
