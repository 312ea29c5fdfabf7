-- Exchange rates that the account's admins entered: 1 unit of from = rate units of to.
-- Grain: one row per rate and the instant from which it holds.
{{ config(enabled=is_vendor_used("hubspot")) }}
with rates as ({{ newest_rows("hubspot", "exchange_rates") }})
select
    cast(id as string) as exchange_rate_id,
    cast(upper(from_currency_code) as string) as from_currency,
    cast(upper(to_currency_code) as string) as to_currency,
    cast(conversion_rate as decimal(28, 12)) as conversion_rate,
    {{ local_date("effective_at") }} as effective_date,
    cast(effective_at as timestamp) as effective_at,
    cast(updated_at as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from rates
