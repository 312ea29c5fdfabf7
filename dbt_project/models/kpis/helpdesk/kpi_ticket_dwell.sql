-- K22: where tickets wait: the minutes in each open status and group, all stays added.
-- Grain: one row per vendor, status_type and group_id.
with
    intervals as (select * from {{ ref("fct_ticket_intervals") }} where is_open),
    sums as (
        select
            vendor,
            status_type,
            group_id,
            max(group_name) as group_name,
            count(distinct ticket_key) as ticket_count,
            count(distinct case when is_current then ticket_key end) as current_count,
            sum(calendar_minutes) as total_minutes,
            sum(business_minutes) as total_business_minutes
        from intervals
        group by vendor, status_type, group_id
    ),
    ranked as (
        select
            *,
            sum(total_minutes) over (partition by vendor) as vendor_minutes,
            row_number() over (
                partition by vendor
                order by
                    round(total_minutes, 6) desc nulls last,
                    status_type asc nulls last,
                    group_id asc nulls last
            ) as bottleneck_rank
        from sums
    )
select
    cast(vendor as string) as vendor,
    cast(status_type as string) as status_type,
    cast(group_id as string) as group_id,
    cast(group_name as string) as group_name,
    cast(ticket_count as bigint) as ticket_count,
    cast(current_count as bigint) as current_count,
    round(cast(total_minutes as double), 6) as total_minutes,
    round(cast(total_business_minutes as double), 6) as total_business_minutes,
    round({{ safe_ratio("total_minutes", "ticket_count") }}, 6) as average_minutes,
    round(
        {{ safe_ratio("total_business_minutes", "ticket_count") }}, 6
    ) as average_business_minutes,
    round({{ safe_ratio("total_minutes", "vendor_minutes") }}, 6) as dwell_share,
    cast(bottleneck_rank as bigint) as bottleneck_rank
from ranked
