-- Ad sets as Meta says them, archived and deleted ones included.
-- Grain: one row per ad set, newest version.
{{ config(enabled=is_vendor_used("meta_ads")) }}
with adsets as ({{ newest_rows("meta_ads", "adsets", newest_by="updated_time") }})
select
    cast(account_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(id as string) as ad_group_id,
    cast(nullif(trim(name), '') as string) as ad_group_name,
    {{ meta_ads_status_type("adsets") }} as status_type,
    {{ loaded_at() }} as _loaded_at
from adsets
