-- Weekdays on which a country rests.
-- Grain: one row per (country_code, iso_weekday_number).
{{ union_vendors("country_weekends", "calendar") }}
