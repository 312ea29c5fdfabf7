-- Line items of deals of every CRM.
-- Grain: one row per vendor and line_item_id, archived ones included.
{{ union_vendors("line_items", "crm", known_at="created_at") }}
