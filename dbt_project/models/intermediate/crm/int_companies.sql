-- Companies of every CRM as the vendors say them.
-- Grain: one row per vendor and company_id, archived ones and merge losers included.
{{ union_vendors("companies", "crm", known_at="created_at") }}
