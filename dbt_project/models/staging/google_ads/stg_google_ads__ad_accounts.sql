-- Accounts with figures of their own; managers have none and are left out.
-- Grain: one row per account, newest version.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    customers as (
        {{ newest_rows("google_ads", "customers", newest_by="_dlt_load_id") }}
    )
select
    cast(id as string) as account_id,
    cast(nullif(trim(descriptive_name), '') as string) as account_name,
    cast(upper(nullif(trim(currency_code), '')) as string) as currency,
    cast(nullif(trim(time_zone), '') as string) as timezone_name,
    coalesce(status = 'ENABLED', false) and not is_vanished as is_active,
    {{ loaded_at() }} as _loaded_at
from customers
where not coalesce(manager, false)
