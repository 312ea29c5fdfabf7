-- What the fields of tickets were set to, and when.
-- Grain: one row per vendor, ticket_id, change_id and field_name.
{{ union_vendors("ticket_field_changes", "helpdesk") }}
