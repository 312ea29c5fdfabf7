-- K12: the newest forecast of the next six months, with its 10th and 90th percentile.
-- Grain: one row per (measure_type, scope_type, scope_name, target_month) of the last
-- day that a forecast was made on.
with
    forecasts as (select * from {{ ref("stg_predictions__sales_forecasts") }}),
    newest as (
        select max(made_date) as made_date
        from forecasts
        where made_date <= {{ as_of_date() }}
    ),
    final as (
        select forecasts.*
        from forecasts
        inner join newest on forecasts.made_date = newest.made_date
    )
select
    cast(measure_type as string) as measure_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(method_type as string) as method_type,
    cast(reason_text as string) as method_reason,
    cast(p10_value_base as decimal(18, 2)) as p10_value_base,
    cast(p50_value_base as decimal(18, 2)) as p50_value_base,
    cast(p90_value_base as decimal(18, 2)) as p90_value_base,
    cast(horizon_month_count as bigint) as horizon_month_count,
    cast(history_month_count as bigint) as history_month_count,
    cast(made_date as date) as made_date,
    cast(origin_month as date) as origin_month,
    cast(target_month as date) as target_month
from final
