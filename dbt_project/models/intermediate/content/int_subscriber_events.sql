-- What subscribers did and what became of e-mails to them.
-- Grain: one row per vendor and event.
{{ union_vendors("subscriber_events", "content") }}
