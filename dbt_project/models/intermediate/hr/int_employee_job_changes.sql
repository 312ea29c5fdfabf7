-- Changes of job, department, location and manager of every HR system.
-- Grain: one row per vendor and job_change_id; a row may lie ahead.
{{ union_vendors("employee_job_changes", "hr") }}
