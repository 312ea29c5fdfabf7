-- Media spend that no ad platform reports, from files.
-- Grain: one row per week, medium, outlet, campaign and country.
{{ union_vendors("offline_spend", "files", known_date="week_start_date") }}
