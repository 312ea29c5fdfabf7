-- What contacts did at marketing events, every CRM.
-- Grain: one row per vendor and participation_id.
{{ union_vendors("marketing_event_participations", "crm", known_at="occurred_at") }}
