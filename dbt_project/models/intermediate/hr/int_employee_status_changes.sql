-- Changes of employment status of every HR system.
-- Grain: one row per vendor and status_change_id; a row may lie ahead.
{{ union_vendors("employee_status_changes", "hr") }}
