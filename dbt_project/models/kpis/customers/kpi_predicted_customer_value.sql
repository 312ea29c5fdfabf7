-- K85, K86: what each customer is expected to buy within a year, and who has probably
-- left.
-- Grain: one row per customer_key with an order, as of snapshot_date.
with
    buyers as (select * from {{ ref("int_buyers") }}),
    gaps as (select * from {{ ref("int_buyer_gaps") }}),
    predictions as (
        select * from {{ ref("stg_predictions__customer_value_predictions") }}
    ),
    final as (
        select
            buyers.customer_key,
            buyers.country_name,
            buyers.channel_group_name,
            buyers.purchase_count,
            buyers.first_order_date,
            buyers.last_order_date,
            gaps.median_gap_days,
            gaps.open_gap_days,
            gaps.limit_days,
            predictions.model_name,
            predictions.horizon_months,
            predictions.alive_probability,
            predictions.expected_purchases,
            predictions.expected_value_amount_base,
            predictions.low_value_amount_base,
            predictions.high_value_amount_base,
            predictions.discounted_value_amount_base,
            predictions.predicted_date,
            case
                when predictions.alive_probability is not null
                then 'probability'
                when gaps.limit_days is not null
                then 'gap'
                else 'none'
            end as churn_rule_type,
            case
                when predictions.alive_probability is not null
                then
                    predictions.alive_probability < {{ var("churn_alive_probability") }}
                else gaps.is_churned
            end as is_churned
        from buyers
        inner join gaps on buyers.customer_key = gaps.customer_key
        left join predictions on buyers.customer_key = predictions.customer_key
    )
select
    cast(customer_key as string) as customer_key,
    cast(country_name as string) as country_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(coalesce(model_name, 'none') as string) as model_name,
    cast(churn_rule_type as string) as churn_rule_type,
    cast(is_churned as boolean) as is_churned,
    cast(purchase_count as bigint) as purchase_count,
    cast(median_gap_days as double) as median_gap_days,
    cast(open_gap_days as bigint) as open_gap_days,
    cast(limit_days as double) as limit_days,
    cast(alive_probability as double) as alive_probability,
    cast(horizon_months as int) as horizon_months,
    cast(expected_purchases as double) as expected_purchases,
    cast(expected_value_amount_base as decimal(18, 2)) as expected_value_amount_base,
    cast(low_value_amount_base as decimal(18, 2)) as low_value_amount_base,
    cast(high_value_amount_base as decimal(18, 2)) as high_value_amount_base,
    cast(
        discounted_value_amount_base as decimal(18, 2)
    ) as discounted_value_amount_base,
    cast(first_order_date as date) as first_order_date,
    cast(last_order_date as date) as last_order_date,
    cast(predicted_date as date) as predicted_date,
    {{ as_of_date() }} as snapshot_date
from final
