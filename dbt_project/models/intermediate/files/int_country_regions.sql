-- Which region of the company a country belongs to, from files.
-- Grain: one row per country.
{{ union_vendors("country_regions", "files") }}
