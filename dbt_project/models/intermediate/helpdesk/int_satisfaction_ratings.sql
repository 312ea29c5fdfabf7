-- Satisfaction ratings of tickets, latest state.
-- Grain: one row per vendor and rating_id.
{{ union_vendors("satisfaction_ratings", "helpdesk", known_at="created_at") }}
