-- K84, K85: each buyer's rhythm, and whether the buyer is away for longer than usual.
-- Grain: one row per customer_key with an order. Usual is the 90th percentile of the
-- gaps that have ended: of the buyer's own where there are enough, else of everyone's.
with
    gaps as (select * from {{ ref("int_purchase_gaps") }} where scope_type = 'total'),
    everyone as (
        select
            percentile_cont(0.9) within group (
                order by cast(gap_days as double) asc nulls last
            ) as limit_days
        from gaps
        where not is_open
    ),
    closed as (
        select
            customer_key,
            count(*) as gap_count,
            percentile_cont(0.5) within group (
                order by cast(gap_days as double) asc nulls last
            ) as median_gap_days,
            percentile_cont(0.9) within group (
                order by cast(gap_days as double) asc nulls last
            ) as limit_days
        from gaps
        where not is_open
        group by customer_key
    ),
    limited as (
        select
            gaps.customer_key,
            coalesce(closed.gap_count, 0) as gap_count,
            closed.median_gap_days,
            gaps.gap_days as open_gap_days,
            case
                when closed.gap_count >= {{ var("churn_minimum_gaps") }}
                then 'own'
                when everyone.limit_days is not null
                then 'everyone'
                else 'none'
            end as limit_type,
            case
                when closed.gap_count >= {{ var("churn_minimum_gaps") }}
                then closed.limit_days
                else everyone.limit_days
            end as limit_days
        from gaps
        cross join everyone
        left join closed on gaps.customer_key = closed.customer_key
        where gaps.is_open
    )
select
    cast(customer_key as string) as customer_key,
    cast(limit_type as string) as limit_type,
    cast(coalesce(open_gap_days > limit_days, false) as boolean) as is_churned,
    cast(gap_count as bigint) as gap_count,
    cast(median_gap_days as double) as median_gap_days,
    cast(open_gap_days as bigint) as open_gap_days,
    cast(limit_days as double) as limit_days
from limited
