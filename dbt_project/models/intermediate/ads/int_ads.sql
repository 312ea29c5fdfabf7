-- Ads of every platform, removed ones included.
-- Grain: one row per vendor, account_id, ad_group_id and ad_id.
{{ union_vendors("ads", "ads") }}
