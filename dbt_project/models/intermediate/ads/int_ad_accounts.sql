-- Ad accounts of every platform: whose currency and time zone their figures are in.
-- Grain: one row per vendor and account_id.
{{ union_vendors("ad_accounts", "ads") }}
