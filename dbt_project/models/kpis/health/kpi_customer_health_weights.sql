-- K30: what counts how much in the health of a customer, and for how many it is known.
-- Grain: one row per component_name of the seed health_weights, as of snapshot_date.
with
    weights as (select * from {{ ref("health_weights") }}),
    scores as (
        select *
        from {{ ref("int_health_component_scores") }}
        where evaluation_date = {{ as_of_date() }}
    ),
    customers as (
        select count(*) as scored_customer_count
        from {{ ref("int_health_scores") }}
        where evaluation_date = {{ as_of_date() }}
    ),
    known as (
        select component_name, count(*) as customer_count
        from scores
        group by component_name
    ),
    totals as (select sum(weight) as weight from weights)
select
    cast(weights.component_name as string) as component_name,
    cast(weights.lowering_reason as string) as lowering_reason,
    cast(weights.raising_reason as string) as raising_reason,
    cast(weights.weight as double) as component_weight,
    {{ safe_ratio("weights.weight", "totals.weight") }} as weight_share,
    cast(coalesce(known.customer_count, 0) as bigint) as customer_count,
    cast(customers.scored_customer_count as bigint) as scored_customer_count,
    {{
        safe_ratio(
            "coalesce(known.customer_count, 0)", "customers.scored_customer_count"
        )
    }} as known_customer_share,
    {{ as_of_date() }} as snapshot_date
from weights
cross join totals
cross join customers
left join known on weights.component_name = known.component_name
