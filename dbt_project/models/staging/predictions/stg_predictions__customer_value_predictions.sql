-- What each customer is expected to buy, by the last run.
-- Grain: one row per customer_key.
with
    predictions as (
        select * from {{ source("predictions", "customer_value_predictions") }}
    )
select
    cast(predicted_date as date) as predicted_date,
    cast(customer_key as string) as customer_key,
    cast(model_name as string) as model_name,
    cast(horizon_months as int) as horizon_months,
    cast(alive_probability as double) as alive_probability,
    cast(expected_purchases as double) as expected_purchases,
    cast(expected_value_amount_base as decimal(18, 2)) as expected_value_amount_base,
    cast(low_value_amount_base as decimal(18, 2)) as low_value_amount_base,
    cast(high_value_amount_base as decimal(18, 2)) as high_value_amount_base,
    cast(discounted_value_amount_base as decimal(18, 2)) as discounted_value_amount_base
from predictions
