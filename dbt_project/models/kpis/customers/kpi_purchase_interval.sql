-- K84: days between a customer's purchases, with and without the gaps still open.
-- Grain: one row per (scope_type, scope_name), as of snapshot_date.
with
    gaps as (select * from {{ ref("int_purchase_gaps") }}),
    resolved as (select * from {{ ref("int_resolved_orders") }}),
    medians as (
        select scope_type, scope_name, min(gap_days) as survival_median_gap_days
        from {{ ref("int_purchase_gap_survival") }}
        where waiting_share <= 0.5
        group by scope_type, scope_name
    ),
    counted as (
        select
            scope_type,
            scope_name,
            count(distinct customer_key) as customer_count,
            count(*) as purchase_count,
            sum(case when is_open then 1 else 0 end) as open_gap_count,
            sum(case when is_open then 0 else 1 end) as closed_gap_count,
            avg(
                cast(case when not is_open then gap_days end as double)
            ) as mean_gap_days,
            percentile_cont(0.5) within group (
                order by
                    cast(
                        case when not is_open then gap_days end as double
                    ) asc nulls last
            ) as median_gap_days,
            percentile_cont(0.9) within group (
                order by
                    cast(
                        case when not is_open then gap_days end as double
                    ) asc nulls last
            ) as ninetieth_gap_days
        from gaps
        group by scope_type, scope_name
    )
select
    cast(counted.scope_type as string) as scope_type,
    cast(counted.scope_name as string) as scope_name,
    cast(counted.customer_count as bigint) as customer_count,
    cast(counted.purchase_count as bigint) as purchase_count,
    cast(counted.closed_gap_count as bigint) as closed_gap_count,
    cast(counted.open_gap_count as bigint) as open_gap_count,
    cast(counted.mean_gap_days as double) as mean_gap_days,
    cast(counted.median_gap_days as double) as median_gap_days,
    cast(counted.ninetieth_gap_days as double) as ninetieth_gap_days,
    cast(medians.survival_median_gap_days as double) as survival_median_gap_days,
    cast(resolved.resolved_order_share as double) as resolved_order_share,
    {{ as_of_date() }} as snapshot_date
from counted
cross join resolved
left join
    medians
    on counted.scope_type = medians.scope_type
    and counted.scope_name = medians.scope_name
