-- Meetings, calls, e-mails and tasks of every CRM.
-- Grain: one row per vendor, activity type and activity_id, archived ones included.
{{ union_vendors("activities", "crm", known_at="booked_at") }}
