-- Requests for time off of every HR system.
-- Grain: one row per vendor and time_off_id.
{{ union_vendors("time_off", "hr", known_at="created_at") }}
