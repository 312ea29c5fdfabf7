-- Days on which a support schedule does not work.
-- Grain: one row per vendor, schedule_id, holiday_name and start_date.
{{ union_vendors("business_holidays", "helpdesk") }}
