-- Ad accounts as Meta says them, vanished ones included.
-- Grain: one row per account, its number without act_.
{{ config(enabled=is_vendor_used("meta_ads")) }}
with
    ad_accounts as (
        {{ newest_rows("meta_ads", "ad_accounts", newest_by="_dlt_load_id") }}
    )
select
    cast(account_id as string) as account_id,
    cast(nullif(trim(name), '') as string) as account_name,
    cast(upper(currency) as string) as currency,
    cast(timezone_name as string) as timezone_name,
    -- 1 active, 9 in the days of grace after a failed payment.
    coalesce(account_status in (1, 9), false) and not is_vanished as is_active,
    {{ loaded_at() }} as _loaded_at
from ad_accounts
