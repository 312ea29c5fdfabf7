-- Stretches in which a section was on the screen. A view: they are read once.
-- Grain: one row per (vendor, message_id).
{{ config(materialized="view") }}
{{ union_vendors("section_views", "shop", known_at="happened_at") }}
