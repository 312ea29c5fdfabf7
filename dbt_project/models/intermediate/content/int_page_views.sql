-- Pages that somebody opened on any site, machines included.
-- Grain: one row per (vendor, message_id).
{{ union_vendors("page_views", "shop", known_at="viewed_at") }}
