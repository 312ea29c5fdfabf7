-- Requests for time off; those that BambooHR no longer has are left out.
-- Grain: one row per request id, newest version.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with requests as ({{ newest_rows("bamboohr", "time_off", newest_by="_dlt_load_id") }})
select
    cast(id as string) as time_off_id,
    cast(employee_id as string) as employee_id,
    cast(nullif(trim(type_name), '') as string) as time_off_type_name,
    cast(
        case
            lower(status) when 'superceded' then 'superseded' else lower(status)
        end as string
    ) as status_type,
    cast(lower(amount_unit) as string) as amount_unit_type,
    cast(amount as double) as amount,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date,
    cast(created as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from requests
where not is_vanished
