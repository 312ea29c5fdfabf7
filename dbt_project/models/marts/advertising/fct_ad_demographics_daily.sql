-- The figures of ads once more, by age band and gender, money also at the day's rate.
-- Grain: one row per ad_demographic_key: vendor, account, ad group, ad, activity_date,
-- age group and gender.
{% set grain = [
    "vendor",
    "account_id",
    "ad_group_id",
    "ad_id",
    "activity_date",
    "age_group_name",
    "gender_name",
] %}
with
    figures as (select * from {{ ref("int_ad_demographics_daily") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    final as (
        select figures.*, rates.rate_to_base
        from figures
        left join
            rates
            on figures.activity_date = rates.rate_date
            and figures.currency = rates.currency
    )
select
    cast({{ surrogate_key(grain) }} as string) as ad_demographic_key,
    cast({{ surrogate_key(["vendor", "account_id"]) }} as string) as ad_account_key,
    cast(
        {{ surrogate_key(["vendor", "account_id", "campaign_id"]) }} as string
    ) as ad_campaign_key,
    cast(vendor as string) as vendor,
    cast(account_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(ad_group_id as string) as ad_group_id,
    cast(ad_id as string) as ad_id,
    cast(age_group_name as string) as age_group_name,
    cast(gender_name as string) as gender_name,
    cast(currency as string) as currency,
    cast(timezone_name as string) as timezone_name,
    cast(attribution_window_name as string) as attribution_window_name,
    cast(impression_count as bigint) as impression_count,
    cast(click_count as bigint) as click_count,
    cast(spend_amount as decimal(18, 6)) as spend_amount,
    {{ base_amount("spend_amount", "currency", "rate_to_base", 6) }}
    as spend_amount_base,
    cast(platform_conversion_count as double) as platform_conversion_count,
    cast(platform_conversion_amount as decimal(18, 6)) as platform_conversion_amount,
    {{ base_amount("platform_conversion_amount", "currency", "rate_to_base", 6) }}
    as platform_conversion_amount_base,
    cast(tz_shift_hours as double) as tz_shift_hours,
    cast(activity_date as date) as activity_date,
    cast(_loaded_at as timestamp) as _loaded_at
from final
