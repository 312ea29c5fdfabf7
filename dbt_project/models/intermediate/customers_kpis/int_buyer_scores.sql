-- K89: how recently, how often and for how much each buyer had bought by the run's day
-- and by the end of each month, in fifths of the buyers of that day.
-- Grain: one row per (score_date, customer_key) with an order by then. Equal buyers are
-- parted by their key; the amount is capped at its 99th percentile.
with
    purchases as (select * from {{ ref("int_purchases") }}),
    value_days as (select * from {{ ref("int_customer_value_days") }}),
    score_dates as (
        select {{ as_of_date() }} as score_date
        union
        select period_end_date as score_date
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month') and is_complete
    ),
    bought as (
        select
            score_dates.score_date,
            purchases.customer_key,
            count(*) as purchase_count,
            max(purchases.purchase_date) as last_purchase_date
        from purchases
        inner join score_dates on purchases.purchase_date <= score_dates.score_date
        group by score_dates.score_date, purchases.customer_key
    ),
    worth as (
        select
            score_dates.score_date,
            value_days.customer_key,
            sum(value_days.net_value_amount_base) as net_value_amount_base
        from value_days
        inner join score_dates on value_days.value_date <= score_dates.score_date
        group by score_dates.score_date, value_days.customer_key
    ),
    valued as (
        select
            bought.*,
            worth.net_value_amount_base,
            {{ days_between("bought.last_purchase_date", "bought.score_date") }}
            as recency_days
        from bought
        inner join
            worth
            on bought.score_date = worth.score_date
            and bought.customer_key = worth.customer_key
    ),
    caps as (
        select
            score_date,
            percentile_cont(0.99) within group (
                order by cast(net_value_amount_base as double) asc nulls last
            ) as highest_value
        from valued
        group by score_date
    ),
    capped as (
        select
            valued.*,
            least(
                cast(valued.net_value_amount_base as double), caps.highest_value
            ) as monetary_value
        from valued
        inner join caps on valued.score_date = caps.score_date
    ),
    fifths as (
        select
            *,
            ntile(5) over (
                partition by score_date
                order by recency_days desc nulls last, customer_key asc nulls last
            ) as recency_fifth_number,
            ntile(5) over (
                partition by score_date
                order by purchase_count asc nulls last, customer_key asc nulls last
            ) as frequency_fifth_number,
            ntile(5) over (
                partition by score_date
                order by monetary_value asc nulls last, customer_key asc nulls last
            ) as monetary_fifth_number
        from capped
    )
select
    cast(customer_key as string) as customer_key,
    cast(
        {{
            rfm_segment(
                "recency_fifth_number",
                "frequency_fifth_number",
                "monetary_fifth_number",
            )
        }} as string
    ) as segment_name,
    cast(recency_days as bigint) as recency_days,
    cast(purchase_count as bigint) as purchase_count,
    cast(net_value_amount_base as decimal(18, 6)) as net_value_amount_base,
    cast(monetary_value as double) as monetary_value,
    cast(recency_fifth_number as int) as recency_fifth_number,
    cast(frequency_fifth_number as int) as frequency_fifth_number,
    cast(monetary_fifth_number as int) as monetary_fifth_number,
    cast(score_date as date) as score_date
from fifths
