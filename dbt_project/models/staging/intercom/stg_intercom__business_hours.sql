-- Office hours per weekday. Intercom counts minutes from Monday 00:00 and may go over
-- midnight; such an interval is cut at each midnight.
-- Grain: one row per schedule, weekday and start.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    schedules as (
        select *
        from ({{ newest_rows("intercom", "office_hours_schedules") }}) as schedules
        where not is_vanished
    ),
    listed as (
        select id, {{ explode_json_list("time_intervals") }} as time_interval
        from schedules
        where not coalesce(twenty_four_seven, false)
    ),
    intervals as (
        select
            id,
            cast(
                {{ json_text("time_interval", "start_minute") }} as int
            ) as start_minute,
            cast({{ json_text("time_interval", "end_minute") }} as int) as end_minute
        from listed
        union all
        select id, 0 as start_minute, 10080 as end_minute
        from schedules
        where coalesce(twenty_four_seven, false)
    ),
    weekdays as (select cast(day as int) as day_number from range(0, 7) as days(day)),
    pieces as (
        select
            intervals.id,
            weekdays.day_number + 1 as weekday_number,
            greatest(intervals.start_minute, weekdays.day_number * 1440)
            - weekdays.day_number * 1440 as start_minute,
            least(intervals.end_minute, weekdays.day_number * 1440 + 1440)
            - weekdays.day_number * 1440 as end_minute
        from intervals
        inner join
            weekdays
            on intervals.start_minute < weekdays.day_number * 1440 + 1440
            and intervals.end_minute > weekdays.day_number * 1440
    )
select
    cast(schedules.id as string) as schedule_id,
    cast(nullif(trim(schedules.name), '') as string) as schedule_name,
    cast(schedules.time_zone_name as string) as timezone_name,
    cast(pieces.weekday_number as int) as weekday_number,
    cast(pieces.start_minute as int) as start_minute,
    cast(pieces.end_minute as int) as end_minute,
    {{ loaded_at("schedules._dlt_load_id") }} as _loaded_at
from schedules
inner join pieces on schedules.id = pieces.id
