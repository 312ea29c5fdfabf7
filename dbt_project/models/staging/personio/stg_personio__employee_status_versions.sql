-- The present status history: Personio's own versions are changes and no corrections,
-- so
-- that nothing tells what it reported before.
-- Grain: one row per employee and change.
{{ config(enabled=is_vendor_used("personio")) }}
select
    employee_id,
    status_change_id,
    cast('present' as string) as set_version,
    employment_type,
    effective_date,
    cast('1970-01-01' as timestamp) as reported_from_at,
    cast(null as timestamp) as reported_until_at,
    _loaded_at
from {{ ref("stg_personio__employee_status_changes") }}
