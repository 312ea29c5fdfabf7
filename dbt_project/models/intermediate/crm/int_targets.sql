-- Targets of reps and teams of every CRM, and of teams from files.
-- Grain: one row per vendor and target_id, archived ones and other kinds included.
{{ union_vendors("targets", ["crm", "files"]) }}
