-- Every version of every CRM owner.
-- Grain: one row per vendor, employee and extract in which something had changed.
{{ union_vendors("employee_versions", "crm") }}
