-- Weekdays (ISO, Monday 1) on which a country rests.
-- Grain: one row per (country_code, iso_weekday_number).
{{ config(enabled=is_vendor_used("calendar")) }}
with
    weekends as (
        {{
            newest_rows(
                "calendar",
                "country_weekends",
                key=["country_code", "weekday_number"],
                newest_by="_dlt_load_id",
            )
        }}
    )
select
    cast(country_code as string) as country_code,
    cast(weekday_number as int) as iso_weekday_number,
    {{ loaded_at() }} as _loaded_at
from weekends
where not is_vanished
