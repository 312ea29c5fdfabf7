-- What ads delivered and cost, by platform; purchases are those of the account's
-- counted action type, at the attribution that each ad set has.
-- Grain: one row per ad, day of the account and platform; age and gender are not split.
{{ config(enabled=is_vendor_used("meta_ads")) }}
{{
    meta_ads_daily_figures(
        "insights_by_platform",
        "platform",
        platform="figures.publisher_platform",
    )
}}
