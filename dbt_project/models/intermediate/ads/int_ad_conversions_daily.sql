-- What each conversion action counted per campaign and day, as the platforms report it.
-- Grain: one row per vendor, account, campaign, conversion action, platform and day.
{{ union_vendors("ad_conversions_daily", "ads", known_date="activity_date") }}
