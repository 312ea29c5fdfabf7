-- Campaigns as Meta says them, archived and deleted ones included.
-- Grain: one row per campaign, newest version.
{{ config(enabled=is_vendor_used("meta_ads")) }}
with
    campaigns as ({{ newest_rows("meta_ads", "campaigns", newest_by="updated_time") }}),
    accounts as (select * from {{ ref("stg_meta_ads__ad_accounts") }})
select
    cast(campaigns.account_id as string) as account_id,
    cast(campaigns.id as string) as campaign_id,
    cast(nullif(trim(campaigns.name), '') as string) as campaign_name,
    cast(lower(campaigns.objective) as string) as objective_type,
    {{ meta_ads_status_type("campaigns") }} as status_type,
    cast('social' as string) as channel_type,
    cast(
        {{ local_time_in("campaigns.start_time", "accounts.timezone_name") }} as date
    ) as started_date,
    cast(
        {{ local_time_in("campaigns.stop_time", "accounts.timezone_name") }} as date
    ) as ended_date,
    {{ meta_ads_major_units("campaigns.daily_budget", "accounts.currency") }}
    as daily_budget_amount,
    accounts.currency,
    {{ loaded_at("campaigns._dlt_load_id") }} as _loaded_at
from campaigns
left join accounts on campaigns.account_id = accounts.account_id
