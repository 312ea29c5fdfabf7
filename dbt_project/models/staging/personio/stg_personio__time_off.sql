-- Absences; those that Personio no longer has are left out.
-- Grain: one row per absence id, newest version.
{{ config(enabled=is_vendor_used("personio")) }}
with absences as ({{ newest_rows("personio", "absence_periods") }})
select
    cast(id as string) as time_off_id,
    cast(person_id as string) as employee_id,
    cast(
        coalesce(nullif(trim(absence_type_name), ''), absence_type_id) as string
    ) as time_off_type_name,
    cast(
        case
            when upper(approval_status) in ('APPROVED', 'NOT_REQUIRED')
            then 'approved'
            when upper(approval_status) in ('PENDING', 'REQUESTED')
            then 'requested'
            when upper(approval_status) in ('REJECTED', 'DENIED')
            then 'denied'
            when upper(approval_status) in ('CANCELLED', 'CANCELED', 'WITHDRAWN')
            then 'canceled'
            when approval_status is null
            then 'approved'
            else 'requested'
        end as string
    ) as status_type,
    cast(
        case
            upper(effective_unit) when 'DAY' then 'days' when 'HOUR' then 'hours'
        end as string
    ) as amount_unit_type,
    cast(effective_value as double) as amount,
    cast(starts_from_date as date) as start_date,
    -- Without an end it lasts until somebody says so.
    cast(coalesce(ends_at_date, starts_from_date) as date) as end_date,
    cast(created_at as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from absences
where not is_vanished and person_id is not null and starts_from_date is not null
