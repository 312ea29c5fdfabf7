-- Ad accounts of every platform: whose currency and time zone their figures are in.
-- Grain: one row per ad_account_key, closed accounts included.
with accounts as (select * from {{ ref("int_ad_accounts") }})
select
    cast({{ surrogate_key(["vendor", "account_id"]) }} as string) as ad_account_key,
    cast(vendor as string) as vendor,
    cast(account_id as string) as account_id,
    cast(coalesce(account_name, 'unnamed') as string) as account_name,
    cast(currency as string) as currency,
    cast(timezone_name as string) as timezone_name,
    cast(is_active as boolean) as is_active,
    cast(_loaded_at as timestamp) as _loaded_at
from accounts
