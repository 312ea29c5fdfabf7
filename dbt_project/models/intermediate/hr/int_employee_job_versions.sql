-- Job histories of every HR system as it reported them, former versions too.
-- Grain: one row per vendor, employee, set that was reported at a time, and row of it.
{{ union_vendors("employee_job_versions", "hr") }}
