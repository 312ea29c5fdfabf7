-- Customer organizations of the helpdesks.
-- Grain: one row per vendor and organization_id, deleted ones included.
{{ union_vendors("helpdesk_organizations", "helpdesk", known_at="created_at") }}
