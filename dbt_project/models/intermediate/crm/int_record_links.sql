-- Links between the records of every CRM as the vendors say them.
-- Grain: one row per vendor, from and to record.
{{ union_vendors("record_associations", "crm") }}
