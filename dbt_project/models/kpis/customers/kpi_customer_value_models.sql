-- K85, K86: what the models of customers' value were fitted to and how well they
-- foresaw.
-- Grain: one row per (predicted_date, model_name, history_type).
with models as (select * from {{ ref("stg_predictions__customer_value_models") }})
select
    cast(predicted_date as date) as predicted_date,
    cast(model_name as string) as model_name,
    cast(history_type as string) as history_type,
    cast(is_served as boolean) as is_served,
    cast(reason as string) as reason,
    cast(customer_count as bigint) as customer_count,
    cast(repeat_customer_count as bigint) as repeat_customer_count,
    cast(first_purchase_date as date) as first_purchase_date,
    cast(observed_until_date as date) as observed_until_date,
    cast(purchases_r as double) as purchases_r,
    cast(purchases_alpha as double) as purchases_alpha,
    cast(purchases_a as double) as purchases_a,
    cast(purchases_b as double) as purchases_b,
    cast(purchases_log_likelihood as double) as purchases_log_likelihood,
    cast(values_p as double) as values_p,
    cast(values_q as double) as values_q,
    cast(values_gamma as double) as values_gamma,
    cast(values_log_likelihood as double) as values_log_likelihood,
    cast(value_frequency_correlation as double) as value_frequency_correlation,
    cast(hold_out_weeks as double) as hold_out_weeks,
    cast(hold_out_purchase_count as bigint) as hold_out_purchase_count,
    cast(hold_out_expected_purchases as double) as hold_out_expected_purchases,
    cast(purchases_mean_absolute_error as double) as purchases_mean_absolute_error,
    cast(
        purchases_root_mean_square_error as double
    ) as purchases_root_mean_square_error,
    cast(purchases_bias_rate as double) as purchases_bias_rate,
    cast(hold_out_value_amount_base as decimal(18, 2)) as hold_out_value_amount_base,
    cast(
        hold_out_expected_value_amount_base as decimal(18, 2)
    ) as hold_out_expected_value_amount_base,
    cast(value_mean_absolute_error as double) as value_mean_absolute_error,
    cast(value_root_mean_square_error as double) as value_root_mean_square_error,
    cast(value_bias_rate as double) as value_bias_rate,
    cast(interval_coverage_share as double) as interval_coverage_share
from models
