-- Targets from files, whatever they are for.
-- Grain: one row per target_id.
{{ union_vendors("file_targets", "files") }}
