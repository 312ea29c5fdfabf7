-- The figures of ads once more, by age band and gender; never to be added to the
-- others.
-- Grain: one row per vendor, account, ad group, ad, activity_date, age group and
-- gender.
{{ union_vendors("ad_demographics_daily", "ads", known_date="activity_date") }}
