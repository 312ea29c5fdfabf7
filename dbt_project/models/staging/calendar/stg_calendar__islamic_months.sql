-- Months of the Islamic year by the Umm al-Qura calendar.
-- Grain: one row per (islamic_year, month_number).
{{ config(enabled=is_vendor_used("calendar")) }}
with
    months as (
        {{
            newest_rows(
                "calendar",
                "islamic_months",
                key=["islamic_year", "month_number"],
                newest_by="_dlt_load_id",
            )
        }}
    )
select
    cast(islamic_year as int) as islamic_year,
    cast(month_number as int) as month_number,
    cast(day_count as bigint) as day_count,
    cast(first_date as date) as first_date,
    {{ loaded_at() }} as _loaded_at
from months
where not is_vanished
