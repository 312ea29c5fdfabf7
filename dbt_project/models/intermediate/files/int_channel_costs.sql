-- What channels cost beside media, from files.
-- Grain: one row per cost_id.
{{ union_vendors("channel_costs", "files") }}
