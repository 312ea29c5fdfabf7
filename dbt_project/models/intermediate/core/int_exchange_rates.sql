-- Exchange rates as the CRM and files state them: one unit of the first currency buys
-- so many of the second, from an instant on.
-- Grain: one row per (vendor, from_currency, to_currency, effective_at) that was
-- stated.
{{ union_vendors("exchange_rates", ["crm", "files"], known_at="effective_at") }}
