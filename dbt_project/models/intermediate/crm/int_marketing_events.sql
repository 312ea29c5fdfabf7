-- Marketing events of every CRM.
-- Grain: one row per vendor and marketing_event_id.
{{ union_vendors("marketing_events", "crm") }}
