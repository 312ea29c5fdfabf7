-- Fails if a rep's meeting and call minutes are not the length of the union of his
-- meetings and calls: time would be counted twice, or lost (K99).
with
    intervals as (
        select participants.employee_key, activities.started_at, activities.ended_at
        from {{ ref("fct_activities") }} as activities
        inner join
            {{ ref("fct_activity_participants") }} as participants
            on activities.activity_key = participants.activity_key
        where
            activities.has_counted_time
            and activities.activity_type in ('meeting', 'call')
            and activities.started_at <= {{ as_of() }}
            and activities.ended_at > activities.started_at
        group by participants.employee_key, activities.started_at, activities.ended_at
    ),
    -- What each interval adds to the union of the earlier ones.
    additions as (
        select
            employee_key,
            ended_at,
            greatest(
                started_at,
                coalesce(
                    max(ended_at) over (
                        partition by employee_key
                        order by started_at asc nulls first, ended_at asc nulls first
                        rows between unbounded preceding and 1 preceding
                    ),
                    started_at
                )
            ) as adds_from_at
        from intervals
    ),
    unions as (
        select
            employee_key,
            sum(
                case
                    when ended_at > adds_from_at
                    then {{ minutes_between("adds_from_at", "ended_at") }}
                    else 0
                end
            ) as busy_minutes
        from additions
        group by employee_key
    ),
    published as (
        select employee_key, sum(meeting_minutes + call_minutes) as counted_minutes
        from {{ ref("kpi_customer_time_monthly") }}
        where period_type = 'month'
        group by employee_key
    )
select
    unions.employee_key,
    published.employee_key as published_employee_key,
    unions.busy_minutes,
    published.counted_minutes
from unions
full join published on unions.employee_key = published.employee_key
where
    abs(coalesce(unions.busy_minutes, 0) - coalesce(published.counted_minutes, 0))
    > 0.01
