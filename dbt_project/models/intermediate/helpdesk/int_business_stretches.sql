-- The clock of a schedule: minutes that it was open before each stretch of time and in
-- it. Business minutes are the difference of two readings (business_minutes_until).
-- Grain: one row per vendor, schedule_id and started_at. The stretches of a UTC day
-- have no gaps: each is an open window and the closed time after it.
with
    windows as (select * from {{ ref("int_business_windows") }}),
    schedules as (select vendor, schedule_id from windows group by vendor, schedule_id),
    spans as (
        select cast(min(created_at) as date) as first_date
        from {{ ref("int_tickets") }}
        where created_at is not null
    ),
    -- Every day since the first ticket, whether or not it has an opening.
    days as (
        select
            schedules.vendor,
            schedules.schedule_id,
            cast(dates.calendar_date as timestamp) as midnight_at
        from schedules
        cross join spans
        inner join
            {{ ref("dim_dates") }} as dates
            on dates.calendar_date >= spans.first_date - 2
            and dates.calendar_date <= {{ as_of_date() }} + 2
    ),
    offsets as (select cast(day as int) as day from range(0, 3) as days(day)),
    day_windows as (
        select
            windows.vendor,
            windows.schedule_id,
            windows.started_at as window_started_at,
            windows.ended_at as window_ended_at,
            cast(
                cast(windows.started_at as date) + offsets.day as timestamp
            ) as midnight_at,
            cast(
                cast(windows.started_at as date) + offsets.day + 1 as timestamp
            ) as next_midnight_at
        from windows
        cross join offsets
    ),
    openings as (
        select
            vendor,
            schedule_id,
            greatest(window_started_at, midnight_at) as started_at,
            least(window_ended_at, next_midnight_at) as closed_at
        from day_windows
        where window_ended_at > midnight_at
    ),
    starts as (
        select
            vendor,
            schedule_id,
            started_at,
            {{ minutes_between("started_at", "closed_at") }} as open_minutes
        from openings
        union all
        select
            days.vendor,
            days.schedule_id,
            days.midnight_at as started_at,
            cast(0 as double) as open_minutes
        from days
        left join
            openings
            on days.vendor = openings.vendor
            and days.schedule_id = openings.schedule_id
            and days.midnight_at = openings.started_at
        where openings.started_at is null
    )
select
    cast(vendor as string) as vendor,
    cast(schedule_id as string) as schedule_id,
    cast(open_minutes as bigint) as open_minutes,
    cast(
        coalesce(
            sum(open_minutes) over (
                partition by vendor, schedule_id
                order by started_at asc nulls last
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as bigint
    ) as minutes_before,
    cast(started_at as date) as utc_date,
    cast(started_at as timestamp) as started_at,
    cast(
        coalesce(
            lead(started_at) over (
                partition by vendor, schedule_id order by started_at asc nulls last
            ),
            cast(cast(started_at as date) + 1 as timestamp)
        ) as timestamp
    ) as ended_at
from starts
