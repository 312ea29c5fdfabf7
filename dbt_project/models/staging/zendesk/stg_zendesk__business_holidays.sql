-- Days on which a schedule does not work, both ends included.
-- Grain: one row per schedule, holiday and first day.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    holidays as (
        {{
            newest_rows(
                "zendesk",
                "schedule_holidays",
                key=["schedule_id", "id"],
                newest_by="start_date",
            )
        }}
    ),
    schedules as ({{ newest_rows("zendesk", "schedules") }})
select
    cast(holidays.schedule_id as string) as schedule_id,
    cast(coalesce(trim(holidays.name), holidays.id) as string) as holiday_name,
    cast(holidays.start_date as date) as start_date,
    cast(holidays.end_date as date) as end_date,
    {{ loaded_at("holidays._dlt_load_id") }} as _loaded_at
from holidays
inner join schedules on holidays.schedule_id = schedules.id
where not holidays.is_vanished and not schedules.is_vanished
