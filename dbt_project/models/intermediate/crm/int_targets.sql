-- Targets of reps and teams of every CRM.
-- Grain: one row per vendor and target_id, archived ones and other kinds included.
{{ union_vendors("targets", "crm") }}
