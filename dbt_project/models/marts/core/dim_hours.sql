-- Hours of the reporting time zone as they pass: 23 or 25 of them on the days of a
-- clock change, and none that does not exist.
-- Grain: one row per hour_start_at, ten years back to two years ahead of the run.
{% set first_year = as_of_instant().year - 10 %}
{% set last_year = as_of_instant().year + 2 %}
with
    -- A day more at both ends: the zone's days are not UTC's.
    days as ({{ date_spine((first_year - 1) ~ "-12-31", (last_year + 1) ~ "-01-01") }}),
    -- Some zones are off by half or a quarter of an hour.
    quarters as (
        select cast(quarter as int) as quarter from range(0, 96) as quarters(quarter)
    ),
    instants as (
        select
            cast(days.calendar_date as timestamp)
            + quarters.quarter * interval 15 minute as instant_at
        from days
        cross join quarters
    ),
    local_times as (
        select instant_at, {{ to_local_time("instant_at") }} as local_time from instants
    ),
    hours as (
        select
            instant_at as hour_start_at,
            cast(local_time as date) as local_date,
            cast(hour(local_time) as int) as local_hour,
            {{ minutes_between("instant_at", "local_time") }} as utc_offset_minutes
        from local_times
        where
            minute(local_time) = 0
            and year(local_time) between {{ first_year }} and {{ last_year }}
    ),
    final as (
        select
            *,
            row_number() over (
                partition by local_date, local_hour
                order by hour_start_at asc nulls last
            )
            > 1 as is_repeated
        from hours
    )
select
    cast(hour_start_at as timestamp) as hour_start_at,
    cast(local_date as date) as local_date,
    cast(local_hour as int) as local_hour,
    is_repeated,
    cast(utc_offset_minutes as double) as utc_offset_minutes
from final
