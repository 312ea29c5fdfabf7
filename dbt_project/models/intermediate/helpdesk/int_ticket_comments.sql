-- Comments on tickets, the first one (the description) included.
-- Grain: one row per vendor, ticket_id and comment_id.
{{ union_vendors("ticket_comments", "helpdesk", known_at="created_at") }}
