-- Tickets of every helpdesk as the vendors say them.
-- Grain: one row per vendor and ticket_id, deleted, merged and spam tickets included.
{{ union_vendors("tickets", "helpdesk", known_at="created_at") }}
