-- What each method would have forecast before.
-- Grain: one row per (measure_type, scope_type, scope_name, method_type, origin_month,
-- target_month).
select
    cast(measure_type as string) as measure_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(method_type as string) as method_type,
    cast(horizon_month_count as bigint) as horizon_month_count,
    cast(p10_value_base as decimal(18, 2)) as p10_value_base,
    cast(p50_value_base as decimal(18, 2)) as p50_value_base,
    cast(p90_value_base as decimal(18, 2)) as p90_value_base,
    cast(actual_value_base as decimal(18, 2)) as actual_value_base,
    cast(naive_error as double) as naive_error,
    cast(origin_month as date) as origin_month,
    cast(target_month as date) as target_month
from {{ source("predictions", "sales_forecast_backtests") }}
