-- Campaigns and sales seasons with their scope, from files.
-- Grain: one row per campaign_id.
{{ union_vendors("campaign_calendar", "files") }}
