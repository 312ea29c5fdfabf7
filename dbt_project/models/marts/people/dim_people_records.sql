-- Which person each record of the staff is: the way from an owner, agent or author to
-- the person and his history.
-- Grain: one row per (vendor, record_type, record_id).
with records as (select * from {{ ref("int_people_records") }})
select
    cast(person_key as string) as person_key,
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(record_id as string) as record_id,
    is_active
from records
