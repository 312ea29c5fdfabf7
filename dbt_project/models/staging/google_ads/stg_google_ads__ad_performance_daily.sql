-- What campaigns delivered, cost and claim, by device and network.
-- Grain: one row per campaign, day of the account, device and network; Google splits
-- ads, age and gender by neither (stg_google_ads__ad_stats has the ads).
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    figures as (
        {{
            newest_account_days(
                "google_ads", "campaign_stats", "customer_id", "date", "campaign_id"
            )
        }}
    ),
    accounts as (select * from {{ ref("stg_google_ads__ad_accounts") }}),
    windows as (
        select
            account_id,
            cast(max(click_window_days) as string)
            || 'd_click_'
            || cast(max(view_window_days) as string)
            || 'd_view' as attribution_window_name
        from {{ ref("stg_google_ads__conversion_actions") }}
        where is_counted
        group by account_id
    )
select
    cast(figures.customer_id as string) as account_id,
    cast(figures.campaign_id as string) as campaign_id,
    cast('' as string) as ad_group_id,
    cast('' as string) as ad_id,
    cast('google' as string) as platform_name,
    cast(lower(figures.ad_network_type) as string) as network_name,
    cast(lower(figures.device) as string) as device_name,
    cast('' as string) as age_group_name,
    cast('' as string) as gender_name,
    accounts.currency,
    accounts.timezone_name,
    cast(coalesce(figures.impressions, 0) as bigint) as impression_count,
    cast(coalesce(figures.clicks, 0) as bigint) as click_count,
    {{ google_ads_amount("coalesce(figures.cost_micros, 0)") }} as spend_amount,
    cast(coalesce(figures.conversions, 0) as double) as platform_conversion_count,
    cast(
        coalesce(figures.conversions_value, 0) as decimal(18, 6)
    ) as platform_conversion_amount,
    cast(
        coalesce(figures.view_through_conversions, 0) as double
    ) as view_through_conversion_count,
    cast(windows.attribution_window_name as string) as attribution_window_name,
    cast(figures.date as date) as activity_date,
    {{ zone_shift_hours("figures.date", "accounts.timezone_name") }} as tz_shift_hours,
    {{ loaded_at("figures._dlt_load_id") }} as _loaded_at
from figures
left join accounts on figures.customer_id = accounts.account_id
left join windows on figures.customer_id = windows.account_id
