-- The pay history as HR has it now; rows may lie ahead.
-- Grain: one row per employee and row of his history.
{{ config(enabled=is_vendor_used("bamboohr")) }}
select
    employee_id,
    compensation_change_id,
    pay_type,
    currency,
    pay_period_type,
    change_reason_name,
    pay_amount,
    weekly_hours,
    effective_date,
    _loaded_at
from {{ ref("stg_bamboohr__employee_compensation_versions") }}
where reported_until_at is null
