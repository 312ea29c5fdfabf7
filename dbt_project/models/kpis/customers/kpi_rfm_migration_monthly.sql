-- K89: from which segment to which customers went in a month.
-- Grain: one row per (period_type, migration_month, from_segment_name, segment_name)
-- with a customer. Only months that are over; who ordered first in it comes from none.
with
    scores as (select * from {{ ref("int_buyer_scores") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month') and is_complete
    ),
    moves as (
        select
            months.period_type,
            months.period_start_date,
            coalesce(earlier.segment_name, 'none') as from_segment_name,
            scores.segment_name,
            count(*) as customer_count
        from months
        inner join scores on months.period_end_date = scores.score_date
        left join
            scores as earlier
            on months.prior_end_date = earlier.score_date
            and scores.customer_key = earlier.customer_key
        group by
            months.period_type,
            months.period_start_date,
            coalesce(earlier.segment_name, 'none'),
            scores.segment_name
    ),
    final as (
        select
            *,
            sum(customer_count) over (
                partition by period_type, period_start_date, from_segment_name
            ) as from_customer_count
        from moves
    )
select
    cast(period_type as string) as period_type,
    cast(from_segment_name as string) as from_segment_name,
    cast(segment_name as string) as segment_name,
    cast(customer_count as bigint) as customer_count,
    cast(from_customer_count as bigint) as from_customer_count,
    {{ safe_ratio("customer_count", "from_customer_count") }} as migration_share,
    cast(period_start_date as date) as migration_month
from final
