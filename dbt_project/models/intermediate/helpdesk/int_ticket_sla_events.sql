-- What happened to the targets and timers of tickets.
-- Grain: one row per vendor, ticket_id and sla_event_id.
{{ union_vendors("ticket_sla_events", "helpdesk", known_at="happened_at") }}
