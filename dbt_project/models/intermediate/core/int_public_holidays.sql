-- Public holidays as their source knows them.
-- Grain: one row per (country_code, holiday_date, holiday_name).
{{ union_vendors("public_holidays", "calendar") }}
