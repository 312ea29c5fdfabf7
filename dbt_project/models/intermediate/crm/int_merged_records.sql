-- Which former record ids a surviving record swallowed, in every CRM.
-- Grain: one row per vendor, record type, former id and record that lists it.
{{ union_vendors("merged_records", "crm") }}
