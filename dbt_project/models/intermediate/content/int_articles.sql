-- Articles of every content system as the vendors say them.
-- Grain: one row per vendor and article, trashed and deleted ones included.
{{ union_vendors("articles", "content") }}
