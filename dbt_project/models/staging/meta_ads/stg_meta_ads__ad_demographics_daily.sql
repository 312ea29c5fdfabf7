-- What ads delivered and cost, by age band and gender: the spend and impressions of
-- stg_meta_ads__ad_performance_daily again, never to be added to them.
-- Grain: one row per ad, day of the account, age band and gender.
{{ config(enabled=is_vendor_used("meta_ads")) }}
{{
    meta_ads_daily_figures(
        "insights_by_age_and_gender",
        "age_and_gender",
        age="figures.age",
        gender="figures.gender",
    )
}}
