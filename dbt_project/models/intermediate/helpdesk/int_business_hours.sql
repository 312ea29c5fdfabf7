-- Working hours of the support schedules as they are now.
-- Grain: one row per vendor, schedule_id, weekday_number and start_minute.
{{ union_vendors("business_hours", "helpdesk") }}
