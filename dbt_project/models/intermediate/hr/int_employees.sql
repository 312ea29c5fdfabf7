-- Employees of every HR system.
-- Grain: one row per vendor and employee_id, leavers, future hires and deleted ones
-- included.
{{ union_vendors("employees", "hr") }}
