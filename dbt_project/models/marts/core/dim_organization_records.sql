-- Which organization each company and helpdesk organization is.
-- Grain: one row per (vendor, record_type, record_id).
with
    records as (select * from {{ ref("int_organization_records") }}),
    keys as (select * from {{ ref("int_organization_keys") }})
select
    cast(keys.organization_key as string) as organization_key,
    cast(records.vendor as string) as vendor,
    cast(records.record_type as string) as record_type,
    cast(records.record_id as string) as record_id,
    records.is_deleted
from records
inner join keys on records.record_node = keys.record_node
