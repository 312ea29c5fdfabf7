-- Ad groups of every platform (ad sets at Meta), removed ones included.
-- Grain: one row per vendor, account_id and ad_group_id.
{{ union_vendors("ad_groups", "ads") }}
