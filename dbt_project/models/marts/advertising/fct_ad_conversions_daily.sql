-- What each conversion action counted per campaign and day, as the platform claims it.
-- Grain: one row per ad_conversion_key: vendor, account, campaign, conversion action,
-- platform and activity_date.
{% set grain = [
    "vendor",
    "account_id",
    "campaign_id",
    "conversion_action_id",
    "platform_name",
    "activity_date",
] %}
with
    conversions as (select * from {{ ref("int_ad_conversions_daily") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    final as (
        select conversions.*, rates.rate_to_base
        from conversions
        left join
            rates
            on conversions.activity_date = rates.rate_date
            and conversions.currency = rates.currency
    )
select
    cast({{ surrogate_key(grain) }} as string) as ad_conversion_key,
    cast({{ surrogate_key(["vendor", "account_id"]) }} as string) as ad_account_key,
    cast(
        {{ surrogate_key(["vendor", "account_id", "campaign_id"]) }} as string
    ) as ad_campaign_key,
    cast(vendor as string) as vendor,
    cast(account_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(conversion_action_id as string) as conversion_action_id,
    cast(conversion_action_name as string) as conversion_action_name,
    cast(
        coalesce(conversion_category_name, 'unknown') as string
    ) as conversion_category_name,
    cast(attribution_window_name as string) as attribution_window_name,
    cast(platform_name as string) as platform_name,
    cast(currency as string) as currency,
    cast(
        coalesce(conversion_category_name = 'purchase', false) as boolean
    ) as is_purchase,
    cast(conversion_count as double) as conversion_count,
    cast(conversion_amount as decimal(18, 6)) as conversion_amount,
    {{ base_amount("conversion_amount", "currency", "rate_to_base", 6) }}
    as conversion_amount_base,
    cast(activity_date as date) as activity_date,
    cast(_loaded_at as timestamp) as _loaded_at
from final
