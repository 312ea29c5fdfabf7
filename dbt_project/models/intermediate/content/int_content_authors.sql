-- Authors of every content system.
-- Grain: one row per vendor and author.
{{ union_vendors("content_authors", "content") }}
