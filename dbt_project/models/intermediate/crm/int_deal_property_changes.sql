-- What the stage, pipeline, owner, amount and close date of deals were set to, and
-- when.
-- Grain: one row per vendor, deal, property, instant and value.
{{ union_vendors("deal_property_changes", "crm", known_at="changed_at") }}
