-- K30: each customer's health on each evaluation date, its band and its reasons.
-- Grain: one row per (evaluation_date, customer_key) with at least one component.
{% set components = ["visits", "orders", "tickets", "satisfaction", "payment"] %}
with
    components as (select * from {{ ref("int_health_component_scores") }}),
    customers as (select * from {{ ref("int_health_customers") }}),
    bands as (
        select
            *,
            lead(lowest_score) over (order by lowest_score asc nulls last) as next_score
        from {{ ref("health_bands") }}
    ),
    scored as (
        select
            evaluation_date,
            customer_key,
            round(sum(weight_share * component_score), 6) as health_score,
            round(sum(published_weight_share), 6) as coverage_share,
            {{
                ordered_list(
                    "case when lowering_rank <= 2 and pull_score < 0 "
                    ~ "then reason_name end",
                    "lowering_rank",
                    "; ",
                )
            }} as lowering_reasons,
            {{
                ordered_list(
                    "case when raising_rank <= 2 and pull_score > 0 "
                    ~ "then reason_name end",
                    "raising_rank",
                    "; ",
                )
            }} as raising_reasons
            {%- for component in components %}
                ,
                max(
                    case
                        when component_name = '{{ component }}' then component_score
                    end
                ) as {{ component }}_score,
                max(
                    case when component_name = '{{ component }}' then measure_value end
                ) as {{ component }}_value
            {%- endfor %}
        from components
        group by evaluation_date, customer_key
    )
select
    cast(scored.customer_key as string) as customer_key,
    cast(customers.region_name as string) as region_name,
    cast(customers.age_group_name as string) as age_group_name,
    cast(bands.band_name as string) as band_name,
    cast(scored.lowering_reasons as string) as lowering_reasons,
    cast(scored.raising_reasons as string) as raising_reasons,
    customers.is_active,
    cast(scored.health_score as double) as health_score,
    cast(scored.coverage_share as double) as coverage_share,
    {% for component in components %}
        cast(scored.{{ component }}_score as double) as {{ component }}_score,
        cast(scored.{{ component }}_value as double) as {{ component }}_value,
    {% endfor %}
    cast(customers.shop_absence_days as bigint) as shop_absence_days,
    cast(scored.evaluation_date as date) as evaluation_date,
    cast(customers.last_activity_date as date) as last_activity_date
from scored
inner join
    customers
    on scored.evaluation_date = customers.evaluation_date
    and scored.customer_key = customers.customer_key
left join
    bands
    on scored.health_score >= bands.lowest_score
    and coalesce(scored.health_score < bands.next_score, true)
