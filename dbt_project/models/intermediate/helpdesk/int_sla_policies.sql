-- Targets of the SLA policies as they are now.
-- Grain: one row per vendor, policy_id, metric_name and priority_type ('' for all
-- priorities).
{{ union_vendors("sla_policies", "helpdesk") }}
