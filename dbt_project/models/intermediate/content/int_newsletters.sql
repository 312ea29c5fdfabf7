-- Newsletters.
-- Grain: one row per vendor and newsletter.
{{ union_vendors("newsletters", "content") }}
