-- Days on which the office is closed, yearly ones up to the year after the run's. A day
-- with other hours is no holiday and stays an ordinary one.
-- Grain: one row per schedule, holiday and day.
{{ config(enabled=is_vendor_used("intercom")) }}
{% set last_year = as_of_instant().year + 1 %}
with
    closures as (
        select *
        from
            (
                {{
                    newest_rows(
                        "intercom",
                        "office_hours_exceptions",
                        key=["office_hours_schedule_id", "id"],
                    )
                }}
            ) as exceptions
        where
            not is_vanished and exception_type = 'closed' and exception_date is not null
    ),
    years as (
        select cast(year as int) as offset_years from range(0, 50) as years(year)
    ),
    days as (
        select
            closures.office_hours_schedule_id,
            coalesce(
                nullif(trim(closures.name), ''), 'closed ' || closures.id
            ) as holiday_name,
            -- 29 February is no day of most years.
            try_cast(
                cast(
                    extract(year from closures.exception_date)
                    + years.offset_years as string
                )
                || substring(cast(closures.exception_date as string), 5, 6) as date
            ) as holiday_date,
            closures._dlt_load_id
        from closures
        inner join
            years
            on years.offset_years = 0
            or (
                closures.recurring_annually
                and extract(year from closures.exception_date) + years.offset_years
                <= {{ last_year }}
            )
    )
select
    cast(office_hours_schedule_id as string) as schedule_id,
    cast(holiday_name as string) as holiday_name,
    cast(holiday_date as date) as start_date,
    cast(holiday_date as date) as end_date,
    {{ loaded_at() }} as _loaded_at
from days
where holiday_date is not null
