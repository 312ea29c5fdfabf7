-- The employment status history as HR has it now; rows may lie ahead.
-- Grain: one row per employee and row of his history.
{{ config(enabled=is_vendor_used("bamboohr")) }}
select
    employee_id,
    status_change_id,
    employment_type,
    employment_status_name,
    termination_type,
    termination_reason_name,
    is_rehire_eligible,
    is_regretted,
    effective_date,
    _loaded_at
from {{ ref("stg_bamboohr__employee_status_versions") }}
where reported_until_at is null
