-- Public holidays as the package knows them now.
-- Grain: one row per (country_code, holiday_date, holiday_name).
{{ config(enabled=is_vendor_used("calendar")) }}
with
    holidays as (
        {{
            newest_rows(
                "calendar",
                "public_holidays",
                key=["country_code", "holiday_date", "holiday_name"],
                newest_by="_dlt_load_id",
            )
        }}
    )
select
    cast(country_code as string) as country_code,
    cast(holiday_name as string) as holiday_name,
    cast(holiday_name_local as string) as holiday_name_local,
    coalesce(is_estimated, false) as is_estimated,
    cast(holiday_date as date) as holiday_date,
    {{ loaded_at() }} as _loaded_at
from holidays
where not is_vanished
