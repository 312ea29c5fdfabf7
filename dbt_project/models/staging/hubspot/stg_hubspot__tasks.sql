-- Tasks in the columns that all activities share; started when completed, not when due.
-- Grain: one row per task id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with tasks as ({{ newest_rows("hubspot", "tasks") }})
select
    cast('task' as string) as activity_type,
    cast(id as string) as activity_id,
    cast(nullif(hubspot_owner_id, '') as string) as employee_id,
    cast(null as string) as attendee_employee_ids,
    cast(null as string) as direction_type,
    cast(
        coalesce(nullif(lower(hs_task_status), ''), 'unknown') as string
    ) as outcome_status,
    false as is_connected,
    coalesce(archived, false) or is_vanished as is_archived,
    cast(null as double) as duration_minutes,
    cast(coalesce(hs_createdate, created_at) as timestamp) as booked_at,
    cast(hs_task_completion_date as timestamp) as started_at,
    cast(null as timestamp) as ended_at,
    {{ loaded_at() }} as _loaded_at
from tasks
