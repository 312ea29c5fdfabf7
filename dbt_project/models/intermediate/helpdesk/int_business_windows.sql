-- When each schedule was open, in UTC: every minute whose wall clock reads a time of
-- the working hours of its local day, holidays left out.
-- Grain: one row per vendor, schedule_id and started_at; windows do not overlap.
with
    hours as (select * from {{ ref("int_business_hours") }}),
    holidays as (select * from {{ ref("int_business_holidays") }}),
    schedules as (
        select vendor, schedule_id, max(timezone_name) as timezone_name
        from hours
        group by vendor, schedule_id
    ),
    spans as (
        select cast(min(created_at) as date) as first_date
        from {{ ref("int_tickets") }}
        where created_at is not null
    ),
    dates as (
        -- Two days more on each side: a local day is not the day of UTC.
        select dates.calendar_date
        from {{ ref("dim_dates") }} as dates
        inner join spans on dates.calendar_date >= spans.first_date - 2
        where dates.calendar_date <= {{ as_of_date() }} + 3
    ),
    midnights as (
        select
            schedules.*,
            dates.calendar_date,
            {{
                utc_of_local(
                    "cast(dates.calendar_date as timestamp)",
                    "schedules.timezone_name",
                )
            }} as stated_at
        from schedules
        cross join dates
    ),
    first_instants as (
        select
            *,
            -- A midnight that the clock reads twice: the day begins at the first.
            case
                when
                    cast(
                        {{
                            local_time_in(
                                plus_milliseconds("stated_at", "-3600000"),
                                "timezone_name",
                            )
                        }} as date
                    )
                    = calendar_date
                then {{ plus_milliseconds("stated_at", "-3600000") }}
                else stated_at
            end as started_at
        from midnights
    ),
    bounded as (
        select
            *,
            lead(started_at) over (
                partition by vendor, schedule_id order by calendar_date asc nulls last
            ) as ended_at
        from first_instants
    ),
    days as (
        select
            *,
            {{
                minutes_between(
                    "started_at", local_time_in("started_at", "timezone_name")
                )
            }} as first_offset_minutes,
            {{
                minutes_between(
                    plus_milliseconds("ended_at", "-60000"),
                    local_time_in(
                        plus_milliseconds("ended_at", "-60000"), "timezone_name"
                    ),
                )
            }} as last_offset_minutes
        from bounded
        where ended_at is not null
    ),
    -- Clocks are changed at a quarter of an hour.
    quarters as (
        select cast(quarter as int) as quarter_number
        from range(1, 110) as quarters(quarter)
    ),
    quarters_of_days as (
        select
            days.*,
            {{
                plus_milliseconds(
                    "days.started_at", "quarters.quarter_number * 900000"
                )
            }} as quarter_at
        from days
        cross join quarters
        where days.first_offset_minutes <> days.last_offset_minutes
    ),
    turns as (
        select vendor, schedule_id, calendar_date, min(quarter_at) as turned_at
        from quarters_of_days
        where
            quarter_at < ended_at
            and {{
                minutes_between(
                    "quarter_at", local_time_in("quarter_at", "timezone_name")
                )
            }} <> first_offset_minutes
        group by vendor, schedule_id, calendar_date
    ),
    -- A day, or the two parts of a day on which the clock was changed.
    parts as (
        select
            days.vendor,
            days.schedule_id,
            days.calendar_date,
            days.first_offset_minutes as offset_minutes,
            days.started_at,
            coalesce(turns.turned_at, days.ended_at) as ended_at
        from days
        left join
            turns
            on days.vendor = turns.vendor
            and days.schedule_id = turns.schedule_id
            and days.calendar_date = turns.calendar_date
        union all
        select
            days.vendor,
            days.schedule_id,
            days.calendar_date,
            days.last_offset_minutes as offset_minutes,
            turns.turned_at as started_at,
            days.ended_at
        from days
        inner join
            turns
            on days.vendor = turns.vendor
            and days.schedule_id = turns.schedule_id
            and days.calendar_date = turns.calendar_date
    ),
    rests as (
        select dates.calendar_date, holidays.vendor, holidays.schedule_id
        from holidays
        inner join
            dates
            on holidays.start_date <= dates.calendar_date
            and holidays.end_date >= dates.calendar_date
        group by dates.calendar_date, holidays.vendor, holidays.schedule_id
    ),
    windows as (
        select
            parts.vendor,
            parts.schedule_id,
            greatest(
                parts.started_at,
                {{
                    plus_milliseconds(
                        "parts.calendar_date",
                        "(hours.start_minute - parts.offset_minutes) * 60000",
                    )
                }}
            ) as started_at,
            least(
                parts.ended_at,
                {{
                    plus_milliseconds(
                        "parts.calendar_date",
                        "(hours.end_minute - parts.offset_minutes) * 60000",
                    )
                }}
            ) as ended_at
        from parts
        inner join
            hours
            on parts.vendor = hours.vendor
            and parts.schedule_id = hours.schedule_id
            and {{ iso_weekday("parts.calendar_date") }} = hours.weekday_number
        left join
            rests
            on parts.vendor = rests.vendor
            and parts.schedule_id = rests.schedule_id
            and parts.calendar_date = rests.calendar_date
        where rests.calendar_date is null
    )
select
    cast(vendor as string) as vendor,
    cast(schedule_id as string) as schedule_id,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at
from windows
where started_at < ended_at
