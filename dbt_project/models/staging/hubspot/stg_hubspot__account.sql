-- The HubSpot account: its time zone and currency. Grain: one row, the newest portal.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    accounts as (
        {{ newest_rows("hubspot", "account_info", key=[], newest_by="_dlt_load_id") }}
    )
select
    cast(portal_id as string) as account_id,
    cast(time_zone as string) as timezone_name,
    cast(upper(nullif(company_currency, '')) as string) as currency,
    {{ loaded_at() }} as _loaded_at
from accounts
