-- Months of the Islamic year.
-- Grain: one row per (islamic_year, month_number).
{{ union_vendors("islamic_months", "calendar") }}
