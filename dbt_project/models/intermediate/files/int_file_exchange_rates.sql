-- Exchange rates from files.
-- Grain: one row per day and pair of currencies.
{{ union_vendors("exchange_rates", "files") }}
