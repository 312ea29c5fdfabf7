-- K13: how far forecasts were off, those that were kept and those of the back-test.
-- Grain: one row per (evidence_type, method_type, measure_type, scope_type, scope_name,
-- horizon_month_count); horizon 0 is all of them.
with
    forecasts as (
        select *
        from {{ ref("stg_predictions__sales_forecasts") }}
        where p50_value_base is not null and made_date <= {{ as_of_date() }}
    ),
    backtests as (select * from {{ ref("stg_predictions__sales_forecast_backtests") }}),
    months as (select * from {{ ref("int_sales_by_month_scope") }}),
    -- A month's data are forecast anew every day; the last word on them is scored.
    last_words as (
        select
            *,
            row_number() over (
                partition by
                    measure_type, scope_type, scope_name, origin_month, target_month
                order by made_date desc nulls last
            ) as newest_rank
        from forecasts
    ),
    naive_errors as (
        select
            forecasts.measure_type,
            forecasts.scope_type,
            forecasts.scope_name,
            forecasts.origin_month,
            avg(
                abs(cast(months.sales_value_base - before.sales_value_base as double))
            ) as naive_error
        from
            (
                select measure_type, scope_type, scope_name, origin_month
                from forecasts
                group by measure_type, scope_type, scope_name, origin_month
            ) as forecasts
        inner join
            months
            on forecasts.measure_type = months.measure_type
            and forecasts.scope_type = months.scope_type
            and forecasts.scope_name = months.scope_name
            and forecasts.origin_month >= months.sales_month
        inner join
            months as before
            on months.measure_type = before.measure_type
            and months.scope_type = before.scope_type
            and months.scope_name = before.scope_name
            and months.sales_month
            = cast(before.sales_month + interval 12 month as date)
        group by
            forecasts.measure_type,
            forecasts.scope_type,
            forecasts.scope_name,
            forecasts.origin_month
    ),
    scored as (
        select
            'backtest' as evidence_type,
            method_type,
            measure_type,
            scope_type,
            scope_name,
            horizon_month_count,
            p10_value_base,
            p50_value_base,
            p90_value_base,
            actual_value_base,
            naive_error
        from backtests
        union all
        select
            'ledger' as evidence_type,
            last_words.method_type,
            last_words.measure_type,
            last_words.scope_type,
            last_words.scope_name,
            last_words.horizon_month_count,
            last_words.p10_value_base,
            last_words.p50_value_base,
            last_words.p90_value_base,
            months.sales_value_base as actual_value_base,
            naive_errors.naive_error
        from last_words
        inner join
            months
            on last_words.measure_type = months.measure_type
            and last_words.scope_type = months.scope_type
            and last_words.scope_name = months.scope_name
            and last_words.target_month = months.sales_month
        left join
            naive_errors
            on last_words.measure_type = naive_errors.measure_type
            and last_words.scope_type = naive_errors.scope_type
            and last_words.scope_name = naive_errors.scope_name
            and last_words.origin_month = naive_errors.origin_month
        where last_words.newest_rank = 1
    ),
    horizons as (
        select *
        from scored
        union all
        select
            evidence_type,
            method_type,
            measure_type,
            scope_type,
            scope_name,
            0 as horizon_month_count,
            p10_value_base,
            p50_value_base,
            p90_value_base,
            actual_value_base,
            naive_error
        from scored
    ),
    final as (
        select
            evidence_type,
            method_type,
            measure_type,
            scope_type,
            scope_name,
            horizon_month_count,
            count(*) as forecast_count,
            sum(
                case
                    when actual_value_base between p10_value_base and p90_value_base
                    then 1
                    else 0
                end
            ) as covered_count,
            sum(abs(p50_value_base - actual_value_base)) as absolute_error_value_base,
            sum(p50_value_base - actual_value_base) as error_value_base,
            sum(abs(actual_value_base)) as absolute_actual_value_base,
            sum(actual_value_base) as actual_value_base,
            avg(
                cast(abs(p50_value_base - actual_value_base) as double)
                / nullif(naive_error, 0)
            ) as mean_absolute_scaled_error
        from horizons
        group by
            evidence_type,
            method_type,
            measure_type,
            scope_type,
            scope_name,
            horizon_month_count
    )
select
    cast(evidence_type as string) as evidence_type,
    cast(method_type as string) as method_type,
    cast(measure_type as string) as measure_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(horizon_month_count as bigint) as horizon_month_count,
    cast(absolute_error_value_base as decimal(18, 2)) as absolute_error_value_base,
    cast(error_value_base as decimal(18, 2)) as error_value_base,
    cast(absolute_actual_value_base as decimal(18, 2)) as absolute_actual_value_base,
    cast(actual_value_base as decimal(18, 2)) as actual_value_base,
    {{ safe_ratio("absolute_error_value_base", "absolute_actual_value_base") }}
    as absolute_error_rate,
    {{ safe_ratio("error_value_base", "actual_value_base") }} as bias_rate,
    cast(mean_absolute_scaled_error as double) as mean_absolute_scaled_error,
    {{ safe_ratio("covered_count", "forecast_count") }} as coverage_share,
    cast(forecast_count as bigint) as forecast_count,
    cast(covered_count as bigint) as covered_count
from final
