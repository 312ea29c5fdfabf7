-- K85: customers away for longer than nine in ten gaps between purchases last.
-- Grain: one row per (scope_type, scope_name), as of snapshot_date.
with
    buyers as (select * from {{ ref("int_buyer_scopes") }}),
    gaps as (select * from {{ ref("int_buyer_gaps") }}),
    resolved as (select * from {{ ref("int_resolved_orders") }}),
    final as (
        select
            buyers.scope_type,
            buyers.scope_name,
            count(*) as customer_count,
            sum(
                case when gaps.limit_type <> 'none' then 1 else 0 end
            ) as judged_customer_count,
            sum(
                case when gaps.limit_type = 'own' then 1 else 0 end
            ) as own_limit_customer_count,
            sum(case when gaps.is_churned then 1 else 0 end) as churned_customer_count
        from buyers
        inner join gaps on buyers.customer_key = gaps.customer_key
        group by buyers.scope_type, buyers.scope_name
    )
select
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(final.customer_count as bigint) as customer_count,
    cast(final.judged_customer_count as bigint) as judged_customer_count,
    cast(final.own_limit_customer_count as bigint) as own_limit_customer_count,
    cast(final.churned_customer_count as bigint) as churned_customer_count,
    {{ safe_ratio("final.churned_customer_count", "final.judged_customer_count") }}
    as churn_rate,
    cast(resolved.resolved_order_share as double) as resolved_order_share,
    {{ as_of_date() }} as snapshot_date
from final
cross join resolved
