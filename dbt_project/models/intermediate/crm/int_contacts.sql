-- Contacts of every CRM as the vendors say them.
-- Grain: one row per vendor and contact_id, archived ones and merge losers included.
{{ union_vendors("contacts", "crm", known_at="created_at") }}
