-- K30: the health of each customer now, why it is so, and how well such scores told
-- churn so far.
-- Grain: one row per customer_key, as of snapshot_date.
{% set components = ["visits", "orders", "tickets", "satisfaction", "payment"] %}
with
    scores as (
        select *
        from {{ ref("int_health_scores") }}
        where evaluation_date = {{ as_of_date() }}
    ),
    months as (
        select max(evaluation_date) as evaluation_date
        from {{ ref("int_health_dates") }}
        where period_type = 'month' and is_complete
    ),
    priors as (
        select scores.*
        from {{ ref("int_health_scores") }} as scores
        inner join months on scores.evaluation_date = months.evaluation_date
    ),
    backtests as (
        select
            *, row_number() over (order by health_month desc nulls last) as age_number
        from {{ ref("kpi_customer_health_backtest") }}
        where period_type = 'month'
    ),
    segments as (select * from {{ ref("kpi_rfm") }})
select
    cast(scores.customer_key as string) as customer_key,
    cast(coalesce(segments.segment_name, 'no order') as string) as segment_name,
    cast(scores.region_name as string) as region_name,
    cast(scores.age_group_name as string) as age_group_name,
    cast(scores.band_name as string) as band_name,
    cast(scores.lowering_reasons as string) as lowering_reasons,
    cast(scores.raising_reasons as string) as raising_reasons,
    scores.is_active,
    cast(scores.health_score as double) as health_score,
    cast(priors.health_score as double) as prior_health_score,
    cast(scores.coverage_share as double) as coverage_share,
    {% for component in components %}
        cast(scores.{{ component }}_score as double) as {{ component }}_score,
    {% endfor %}
    cast(scores.visits_value as bigint) as visit_count,
    cast(scores.orders_value as double) as overdue_ratio,
    cast(scores.tickets_value as bigint) as ticket_load_count,
    cast(scores.satisfaction_value as double) as satisfaction_rate,
    cast(scores.payment_value as double) as troubled_order_share,
    cast(backtests.area_under_curve as double) as backtest_area_under_curve,
    cast(scores.last_activity_date as date) as last_activity_date,
    cast(backtests.health_month as date) as backtest_month,
    {{ as_of_date() }} as snapshot_date
from scores
left join priors on scores.customer_key = priors.customer_key
left join segments on scores.customer_key = segments.customer_key
left join backtests on backtests.age_number = 1
