-- Heartbeats of pages. A view: they are many, and read once.
-- Grain: one row per (vendor, message_id).
{{ config(materialized="view") }}
{{ union_vendors("page_pings", "shop", known_at="happened_at") }}
