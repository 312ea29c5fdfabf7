-- What each load of a shop brought; the visits of the next run go on from it.
-- Grain: one row per (vendor, load_id).
{{ union_vendors("visitor_event_loads", "shop") }}
