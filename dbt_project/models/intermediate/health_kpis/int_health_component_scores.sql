-- Where a customer stands among all others of the date, component by component, and
-- how far that pulls his health from the middle (K30).
-- Grain: one row per (evaluation_date, customer_key, component_name).
with
    measures as (select * from {{ ref("int_health_measures") }}),
    weights as (select * from {{ ref("health_weights") }} where weight > 0),
    totals as (select sum(weight) as weight from weights),
    placed as (
        select
            measures.*,
            weights.weight,
            weights.lowering_reason,
            weights.raising_reason,
            count(*) over (
                partition by measures.evaluation_date, measures.component_name
            ) as customer_count,
            rank() over (
                partition by measures.evaluation_date, measures.component_name
                order by measures.goodness_value asc nulls first
            )
            - 1 as worse_count,
            count(*) over (
                partition by
                    measures.evaluation_date,
                    measures.component_name,
                    measures.goodness_value
            )
            - 1 as equal_count
        from measures
        inner join weights on measures.component_name = weights.component_name
    ),
    -- Half of the equals are behind him; who is alone stands in the middle.
    scored as (
        select
            placed.*,
            100 * coalesce(
                {{
                    safe_ratio(
                        "2 * placed.worse_count + placed.equal_count",
                        "2 * (placed.customer_count - 1)",
                    )
                }},
                0.5
            ) as component_score,
            placed.weight / sum(placed.weight) over (
                partition by placed.evaluation_date, placed.customer_key
            ) as weight_share,
            placed.weight / totals.weight as published_weight_share
        from placed
        cross join totals
    ),
    pulled as (
        select *, round(weight_share * (component_score - 50), 6) as pull_score
        from scored
    )
select
    cast(customer_key as string) as customer_key,
    cast(component_name as string) as component_name,
    cast(
        case
            when pull_score < 0
            then lowering_reason
            when pull_score > 0
            then raising_reason
        end as string
    ) as reason_name,
    cast(measure_value as double) as measure_value,
    cast(component_score as double) as component_score,
    cast(weight_share as double) as weight_share,
    cast(published_weight_share as double) as published_weight_share,
    cast(pull_score as double) as pull_score,
    cast(
        row_number() over (
            partition by evaluation_date, customer_key
            order by pull_score asc nulls last, component_name asc nulls last
        ) as int
    ) as lowering_rank,
    cast(
        row_number() over (
            partition by evaluation_date, customer_key
            order by pull_score desc nulls last, component_name asc nulls last
        ) as int
    ) as raising_rank,
    cast(evaluation_date as date) as evaluation_date
from pulled
