-- Working hours of the schedules, one interval per local day.
-- Grain: one row per schedule, ISO weekday and start minute.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    schedules as ({{ newest_rows("zendesk", "schedules") }}),
    zones as (select * from {{ ref("helpdesk_timezones") }}),
    listed as (
        select
            id,
            name,
            time_zone,
            _dlt_load_id,
            {{ explode_json_list("intervals") }} as working_interval
        from schedules
        where not is_vanished
    ),
    -- Minutes since Sunday 00:00 local.
    intervals as (
        select
            listed.*,
            cast({{ json_text("working_interval", "start_time") }} as int) as starts,
            cast({{ json_text("working_interval", "end_time") }} as int) as ends
        from listed
    ),
    weekdays as (
        select cast(day as int) as day_number, cast(day as int) * 1440 as midnight
        from range(0, 7) as days(day)
    )
select
    cast(intervals.id as string) as schedule_id,
    cast(nullif(trim(intervals.name), '') as string) as schedule_name,
    -- Zendesk shows names of Rails; some accounts have IANA ones.
    cast(
        coalesce(
            zones.timezone_name,
            case when intervals.time_zone like '%/%' then intervals.time_zone end
        ) as string
    ) as timezone_name,
    cast(
        case weekdays.day_number when 0 then 7 else weekdays.day_number end as int
    ) as weekday_number,
    cast(
        greatest(intervals.starts, weekdays.midnight) - weekdays.midnight as int
    ) as start_minute,
    cast(
        least(intervals.ends, weekdays.midnight + 1440) - weekdays.midnight as int
    ) as end_minute,
    {{ loaded_at("intervals._dlt_load_id") }} as _loaded_at
from intervals
inner join
    weekdays
    on intervals.starts < weekdays.midnight + 1440
    and intervals.ends > weekdays.midnight
left join zones on intervals.time_zone = zones.rails_name
