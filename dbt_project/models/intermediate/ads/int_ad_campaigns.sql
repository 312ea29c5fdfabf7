-- Ad campaigns of every platform as they are now, removed ones included.
-- Grain: one row per vendor, account_id and campaign_id.
{{ union_vendors("ad_campaigns", "ads") }}
