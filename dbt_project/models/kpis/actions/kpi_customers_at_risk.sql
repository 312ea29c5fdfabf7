-- P17: customers who may be lost: why, what they were worth so far, since when.
-- Grain: one row per customer_key, as of snapshot_date.
with
    risks as (select * from {{ ref("int_customers_at_risk") }}),
    health as (select * from {{ ref("kpi_customer_health") }}),
    users as (
        select customer_key, min(record_id) as user_id
        from {{ ref("dim_customer_records") }}
        where record_type = 'user' and not is_deleted
        group by customer_key
    ),
    customer_values as (
        select
            customer_key,
            sum(net_value_amount_base) as net_value_amount_base,
            sum(unconverted_refund_count) as unconverted_count
        from {{ ref("int_customer_value_days") }}
        group by customer_key
    ),
    buyers as (select * from {{ ref("int_buyers") }})
select
    cast(risks.customer_key as string) as customer_key,
    cast(users.user_id as string) as user_id,
    cast(health.segment_name as string) as segment_name,
    cast(health.region_name as string) as region_name,
    cast(health.age_group_name as string) as age_group_name,
    cast(health.band_name as string) as band_name,
    cast(
        case
            when risks.is_in_lowest_band and risks.is_beyond_own_interval
            then 'low health; longer away than usual'
            when risks.is_in_lowest_band
            then 'low health'
            else 'longer away than usual'
        end as string
    ) as reason_name,
    cast(health.lowering_reasons as string) as lowering_reasons,
    risks.is_in_lowest_band,
    risks.is_beyond_own_interval,
    cast(health.health_score as double) as health_score,
    cast(health.coverage_share as double) as coverage_share,
    cast(
        coalesce(customer_values.net_value_amount_base, 0) as decimal(18, 2)
    ) as stake_amount_base,
    cast(
        coalesce(buyers.unconverted_order_count, 0)
        + coalesce(customer_values.unconverted_count, 0) as bigint
    ) as unconverted_count,
    cast(risks.days_since_order as bigint) as days_since_order,
    cast(risks.p90_interval_days as double) as p90_interval_days,
    cast(risks.at_risk_since_date as date) as since_date,
    cast(risks.last_order_date as date) as last_order_date,
    cast(health.last_activity_date as date) as last_activity_date,
    {{ as_of_date() }} as snapshot_date
from risks
inner join health on risks.customer_key = health.customer_key
left join users on risks.customer_key = users.customer_key
left join customer_values on risks.customer_key = customer_values.customer_key
left join buyers on risks.customer_key = buyers.customer_key
