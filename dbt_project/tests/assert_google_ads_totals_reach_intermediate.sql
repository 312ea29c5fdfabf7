-- Fails if a day of a Google Ads account has other totals in the warehouse than in raw:
-- money was lost or counted twice on the way.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    loaded as (
        select
            customer_id as account_id,
            date as activity_date,
            sum(cost_micros) as micros,
            sum(clicks) as click_count
        from {{ source("google_ads", "campaign_stats") }}
        where campaign_id <> '' and {{ completed_loads("google_ads") }}
        group by customer_id, date
    ),
    shown as (
        select
            account_id,
            activity_date,
            sum(spend_amount) * 1000000 as micros,
            sum(click_count) as click_count
        from {{ ref("int_ad_performance_daily") }}
        where vendor = 'google_ads'
        group by account_id, activity_date
    )
select
    coalesce(loaded.account_id, shown.account_id) as account_id,
    coalesce(loaded.activity_date, shown.activity_date) as activity_date
from loaded
full outer join
    shown
    on loaded.account_id = shown.account_id
    and loaded.activity_date = shown.activity_date
where
    loaded.account_id is null
    or shown.account_id is null
    or coalesce(loaded.micros, 0) <> shown.micros
    or coalesce(loaded.click_count, 0) <> shown.click_count
