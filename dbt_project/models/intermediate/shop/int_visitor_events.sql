-- What visitors did in every shop, machines included.
-- Grain: one row per (vendor, message_id).
{{ config(materialized="view") }}
{{ union_vendors("visitor_events", "shop", known_at="happened_at") }}
