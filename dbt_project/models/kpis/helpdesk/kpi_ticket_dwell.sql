-- K22: where tickets wait: the minutes in each open status and group, by month and in
-- all, against the month before.
-- Grain: one row per period_type, period_start_date, vendor, status_type and group_id.
with
    pieces as (select * from {{ ref("int_ticket_dwell") }}),
    periods as (select * from {{ ref("int_periods") }}),
    sums as (
        select
            period_type,
            window_start_date,
            is_partial,
            vendor,
            status_type,
            group_id,
            max(group_name) as group_name,
            count(distinct ticket_key) as ticket_count,
            count(distinct case when is_current then ticket_key end) as current_count,
            sum(calendar_minutes) as total_minutes,
            sum(
                case when is_current then calendar_minutes else 0 end
            ) as current_minutes,
            sum(business_minutes) as total_business_minutes
        from pieces
        group by
            period_type, window_start_date, is_partial, vendor, status_type, group_id
    ),
    ranked as (
        select
            *,
            sum(total_minutes) over (
                partition by period_type, window_start_date, is_partial, vendor
            ) as vendor_minutes,
            row_number() over (
                partition by period_type, window_start_date, is_partial, vendor
                order by
                    round(total_minutes, 6) desc nulls last,
                    status_type asc nulls last,
                    group_id asc nulls last
            ) as bottleneck_rank
        from sums
    )
select
    cast(ranked.period_type as string) as period_type,
    cast(ranked.window_start_date as date) as period_start_date,
    cast(ranked.vendor as string) as vendor,
    cast(ranked.status_type as string) as status_type,
    cast(ranked.group_id as string) as group_id,
    cast(ranked.group_name as string) as group_name,
    coalesce(periods.is_complete, false) as is_complete,
    ranked.current_count > 0 as has_current,
    cast(ranked.ticket_count as bigint) as ticket_count,
    cast(ranked.current_count as bigint) as current_count,
    round(cast(ranked.total_minutes as double), 6) as total_minutes,
    round(cast(ranked.current_minutes as double), 6) as current_minutes,
    round(cast(ranked.total_business_minutes as double), 6) as total_business_minutes,
    round(
        {{ safe_ratio("ranked.total_minutes", "ranked.ticket_count") }}, 6
    ) as average_minutes,
    round(
        {{ safe_ratio("ranked.total_business_minutes", "ranked.ticket_count") }}, 6
    ) as average_business_minutes,
    round(
        {{ safe_ratio("ranked.total_minutes", "ranked.vendor_minutes") }}, 6
    ) as dwell_share,
    cast(ranked.bottleneck_rank as bigint) as bottleneck_rank,
    cast(priors.ticket_count as bigint) as prior_ticket_count,
    round(cast(priors.total_minutes as double), 6) as prior_total_minutes,
    round(
        {{ safe_ratio("priors.total_minutes", "priors.ticket_count") }}, 6
    ) as prior_average_minutes,
    round(
        {{ safe_ratio("priors.total_minutes", "priors.vendor_minutes") }}, 6
    ) as prior_dwell_share
from ranked
left join
    periods
    on ranked.period_type = periods.period_type
    and ranked.window_start_date = periods.period_start_date
left join
    ranked as priors
    on {{ is_prior_window("periods", "priors") }}
    and ranked.vendor = priors.vendor
    and ranked.status_type = priors.status_type
    and ranked.group_id = priors.group_id
where not ranked.is_partial
