-- What changed in deals after as_of: nothing, unless the run is for a past instant.
-- Only int_deals reads it, to take back what was not known yet.
-- Grain: one row per vendor, deal, property, instant and value.
with changes as ({{ union_vendors("deal_property_changes", "crm") }})
select vendor, deal_id, property_name, changed_at
from changes
where changed_at > {{ as_of() }}
