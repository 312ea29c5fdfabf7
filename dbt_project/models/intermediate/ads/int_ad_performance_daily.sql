-- What ads cost and brought per day, as the platforms report it.
-- Grain: one row per vendor, account, campaign, ad group, ad, activity_date, platform,
-- network, device, age group and gender; what a vendor does not split is an empty text.
{{ union_vendors("ad_performance_daily", "ads", known_date="activity_date") }}
