-- Deals of every CRM as the vendors say them.
-- Grain: one row per vendor and deal_id, archived ones and merge losers included.
{{ union_vendors("deals", "crm") }}
