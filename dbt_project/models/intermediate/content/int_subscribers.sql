-- Subscribers of every newsletter system.
-- Grain: one row per vendor and subscriber, deleted ones included.
{{ union_vendors("subscribers", "content", known_at="created_at") }}
