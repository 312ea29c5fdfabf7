-- What the ad platforms report, with campaign, account and day, for BI.
-- Grain: one row per ad_performance_key. Conversions are the platforms' own claims and
-- must not be added over platforms.
with
    performance as (select * from {{ ref("fct_ad_performance_daily") }}),
    accounts as (select * from {{ ref("dim_ad_accounts") }}),
    campaigns as (select * from {{ ref("dim_ad_campaigns") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    performance.ad_performance_key,
    performance.ad_account_key,
    performance.ad_campaign_key,
    performance.vendor,
    performance.campaign_id,
    performance.ad_group_id,
    performance.ad_id,
    accounts.account_name,
    campaigns.campaign_name,
    campaigns.objective_type,
    campaigns.status_type,
    campaigns.channel_type,
    campaigns.utm_source,
    campaigns.utm_medium,
    campaigns.utm_campaign,
    performance.platform_name,
    performance.network_name,
    performance.device_name,
    performance.attribution_window_name,
    {{ nobodys_rep() }},
    cast(null as string) as region_name,
    performance.currency,
    performance.impression_count,
    performance.click_count,
    performance.spend_amount,
    performance.spend_amount_base,
    performance.platform_conversion_count,
    performance.platform_conversion_amount,
    performance.platform_conversion_amount_base,
    performance.activity_date,
    {{ calendar_columns("days") }}
from performance
left join accounts on performance.ad_account_key = accounts.ad_account_key
left join campaigns on performance.ad_campaign_key = campaigns.ad_campaign_key
left join days on performance.activity_date = days.calendar_date
