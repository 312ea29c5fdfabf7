-- Messages of visitors that a later load judged anew, in every shop.
-- Grain: one row per (vendor, message_id, load_id).
{{ config(materialized="view") }}
{{ union_vendors("visitor_event_changes", "shop", known_at="happened_at") }}
