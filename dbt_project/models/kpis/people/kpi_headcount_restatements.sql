-- K67 of each ended month as it was first reported and as it is known now: HR rewrites
-- the past, and the difference says by how much and when.
-- Grain: one row per (period_type, headcount_month, scope_type, scope_name) in which
-- anybody counted in any version.
with
    reports as (select * from {{ ref("int_headcount_reports") }}),
    periods as (select * from {{ ref("int_periods") }}),
    first_reports as (
        select {{ local_date("min(reported_from_at)") }} as first_report_date
        from reports
    ),
    changes as (
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            reported_from_at as changed_at,
            1 as headcount_change
        from reports
        union all
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            reported_until_at as changed_at,
            -1 as headcount_change
        from reports
        where reported_until_at is not null
    ),
    -- What one version takes and the next gives back at once is no change.
    netted as (
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            changed_at,
            sum(headcount_change) as headcount_change
        from changes
        group by period_type, period_start_date, scope_type, scope_name, changed_at
    ),
    dated as (
        select
            netted.*,
            periods.period_end_date,
            first_reports.first_report_date,
            -- Nobody could report before the first load.
            greatest(
                periods.period_end_date, first_reports.first_report_date
            ) as reported_date,
            {{ local_date("netted.changed_at") }} as changed_date
        from netted
        inner join
            periods
            on netted.period_type = periods.period_type
            and netted.period_start_date = periods.period_start_date
        cross join first_reports
    ),
    judged as (
        select
            *,
            changed_date > reported_date and headcount_change <> 0 as is_restatement,
            {{ days_between("period_end_date", "changed_date") }}
            > {{ var("headcount_finality_days") }} as is_late
        from dated
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as headcount_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    min(first_report_date) <= min(period_end_date) as was_reported_in_time,
    cast(
        sum(
            case when changed_date <= reported_date then headcount_change else 0 end
        ) as bigint
    ) as reported_headcount_count,
    cast(sum(headcount_change) as bigint) as headcount_count,
    cast(
        sum(
            case when changed_date > reported_date then headcount_change else 0 end
        ) as bigint
    ) as restated_headcount_count,
    count(*) filter (where is_restatement) as restatement_count,
    count(*) filter (where is_restatement and is_late) as late_restatement_count,
    cast(
        min(case when is_restatement then changed_at end) as timestamp
    ) as first_restated_at,
    cast(
        max(case when is_restatement then changed_at end) as timestamp
    ) as last_restated_at
from judged
group by period_type, period_start_date, scope_type, scope_name
