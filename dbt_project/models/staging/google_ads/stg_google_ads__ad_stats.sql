-- What ads delivered, cost and claim. Campaigns without ads (Performance Max) are
-- missing:
-- the totals of an account are those of stg_google_ads__ad_performance_daily.
-- Grain: one row per ad in its group and day of the account.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    figures as (
        {{
            newest_account_days(
                "google_ads", "ad_stats", "customer_id", "date", "campaign_id"
            )
        }}
    ),
    accounts as (select * from {{ ref("stg_google_ads__ad_accounts") }})
select
    cast(figures.customer_id as string) as account_id,
    cast(figures.campaign_id as string) as campaign_id,
    cast(figures.ad_group_id as string) as ad_group_id,
    cast(figures.ad_id as string) as ad_id,
    accounts.currency,
    cast(coalesce(figures.impressions, 0) as bigint) as impression_count,
    cast(coalesce(figures.clicks, 0) as bigint) as click_count,
    {{ google_ads_amount("coalesce(figures.cost_micros, 0)") }} as spend_amount,
    cast(coalesce(figures.conversions, 0) as double) as platform_conversion_count,
    cast(
        coalesce(figures.conversions_value, 0) as decimal(18, 6)
    ) as platform_conversion_amount,
    cast(figures.date as date) as activity_date,
    {{ loaded_at("figures._dlt_load_id") }} as _loaded_at
from figures
left join accounts on figures.customer_id = accounts.account_id
