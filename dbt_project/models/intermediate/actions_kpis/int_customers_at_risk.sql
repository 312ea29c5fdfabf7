-- Customers in the lowest band of health, and those who are longer away than nine of
-- ten of their own intervals were (P17, K30, K85).
-- Grain: one row per customer_key with a health score of today. From two intervals on
-- there is an own one.
with
    scores as (select * from {{ ref("int_health_scores") }}),
    present as (select * from scores where evaluation_date = {{ as_of_date() }}),
    bands as (
        select min_by(band_name, lowest_score) as lowest_band_name
        from {{ ref("health_bands") }}
    ),
    dates as (
        select evaluation_date
        from {{ ref("int_health_dates") }}
        where period_type = 'month'
    ),
    purchases as (
        select
            customer_key,
            order_date,
            {{
                days_between(
                    "lag(order_date) over (partition by customer_key "
                    ~ "order by order_date asc nulls last)",
                    "order_date",
                )
            }} as interval_days
        from {{ ref("fct_customer_orders") }}
        where customer_key is not null and order_date <= {{ as_of_date() }}
        group by customer_key, order_date
    ),
    intervals as (
        select
            customer_key,
            max(order_date) as last_order_date,
            count(interval_days) as interval_count,
            percentile_cont(0.9) within group (
                order by cast(interval_days as double) asc nulls last
            ) as p90_interval_days
        from purchases
        group by customer_key
    ),
    -- The newest month's end at which he was in another band, or not there at all.
    histories as (
        select
            present.customer_key,
            dates.evaluation_date,
            coalesce(scores.band_name = bands.lowest_band_name, false) as is_low
        from present
        cross join dates
        cross join bands
        left join
            scores
            on present.customer_key = scores.customer_key
            and dates.evaluation_date = scores.evaluation_date
    ),
    turns as (
        select
            customer_key,
            max(case when not is_low then evaluation_date end) as last_fine_date
        from histories
        group by customer_key
    ),
    lows as (
        select histories.customer_key, min(histories.evaluation_date) as low_since_date
        from histories
        inner join turns on histories.customer_key = turns.customer_key
        where
            histories.is_low
            and coalesce(histories.evaluation_date > turns.last_fine_date, true)
        group by histories.customer_key
    ),
    judged as (
        select
            present.customer_key,
            lows.low_since_date,
            lows.low_since_date is not null as is_in_lowest_band,
            intervals.last_order_date,
            {{ days_between("intervals.last_order_date", as_of_date()) }}
            as days_since_order,
            case
                when intervals.interval_count >= 2 then intervals.p90_interval_days
            end as p90_interval_days
        from present
        left join lows on present.customer_key = lows.customer_key
        left join intervals on present.customer_key = intervals.customer_key
    ),
    final as (
        select
            *,
            coalesce(
                days_since_order > p90_interval_days, false
            ) as is_beyond_own_interval
        from judged
    )
select
    cast(customer_key as string) as customer_key,
    is_in_lowest_band,
    is_beyond_own_interval,
    cast(days_since_order as bigint) as days_since_order,
    cast(p90_interval_days as double) as p90_interval_days,
    cast(last_order_date as date) as last_order_date,
    cast(
        least(
            low_since_date,
            case
                when is_beyond_own_interval
                then
                    cast(
                        last_order_date
                        + cast(floor(p90_interval_days) as int)
                        + 1 as date
                    )
            end
        ) as date
    ) as at_risk_since_date
from final
where is_in_lowest_band or is_beyond_own_interval
