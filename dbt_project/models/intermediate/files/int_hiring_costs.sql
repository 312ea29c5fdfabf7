-- What hiring cost, as booked in files.
-- Grain: one row per cost_id.
{{ union_vendors("hiring_costs", "files", known_date="cost_date") }}
