-- The user agents that any shop's events came from.
-- Grain: one row per (vendor, user_agent).
{{ config(materialized="view") }} {{ union_vendors("user_agents", "shop") }}
