-- K30: did those with a bad score leave? The scores of each month's end against who
-- stayed away in the health_window_days after it.
-- Grain: one row per (period_type, health_month) whose days after it are over.
with
    dates as (select * from {{ ref("int_health_dates") }}),
    outcomes as (select * from {{ ref("int_health_outcomes") }}),
    scores as (select * from {{ ref("int_health_scores") }}),
    judged as (
        select
            outcomes.evaluation_date,
            outcomes.has_churned,
            scores.health_score,
            - scores.shop_absence_days as recency
        from outcomes
        inner join
            scores
            on outcomes.evaluation_date = scores.evaluation_date
            and outcomes.customer_key = scores.customer_key
    ),
    -- Equals share the mean of their ranks.
    ranked as (
        select
            *,
            {%- for value in ["health_score", "recency"] %}
                rank() over (
                    partition by evaluation_date order by {{ value }} asc nulls first
                )
                + (count(*) over (partition by evaluation_date, {{ value }}) - 1)
                / cast(2 as double) as {{ value }}_rank
                {%- if not loop.last %}, {% endif %}
            {%- endfor %}
        from judged
    ),
    sums as (
        select
            evaluation_date,
            count(*) as customer_count,
            sum(case when has_churned then 1 else 0 end) as churned_count,
            sum(case when has_churned then 0 else 1 end) as retained_count,
            avg(case when has_churned then health_score end) as churned_score,
            avg(
                case when has_churned then null else health_score end
            ) as retained_score,
            sum(
                case when has_churned then 0 else health_score_rank end
            ) as health_score_ranks,
            sum(case when has_churned then 0 else recency_rank end) as recency_ranks
        from ranked
        group by evaluation_date
    ),
    final as (
        select
            dates.period_type,
            dates.health_month,
            sums.*,
            cast(sums.retained_count as double)
            * (sums.retained_count + 1)
            / 2 as least_ranks,
            cast(sums.retained_count as double) * sums.churned_count as pair_count
        from dates
        inner join sums on dates.evaluation_date = sums.evaluation_date
        where dates.is_complete
    )
select
    cast(period_type as string) as period_type,
    cast(customer_count as bigint) as customer_count,
    cast(churned_count as bigint) as churned_count,
    cast(retained_count as bigint) as retained_count,
    {{ safe_ratio("churned_count", "customer_count") }} as churn_rate,
    {{ safe_ratio("health_score_ranks - least_ranks", "pair_count") }}
    as area_under_curve,
    {{ safe_ratio("recency_ranks - least_ranks", "pair_count") }}
    as recency_area_under_curve,
    round(cast(churned_score as double), 6) as churned_average_score,
    round(cast(retained_score as double), 6) as retained_average_score,
    cast(health_month as date) as health_month,
    cast(evaluation_date as date) as evaluation_date
from final
