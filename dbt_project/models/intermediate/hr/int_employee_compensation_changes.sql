-- Changes of pay of every HR system.
-- Grain: one row per vendor and compensation_change_id; a row may lie ahead.
{{ union_vendors("employee_compensation_changes", "hr") }}
