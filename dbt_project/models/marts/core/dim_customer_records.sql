-- Which customer each record of a vendor belongs to: the way from any fact to its
-- customer.
-- Grain: one row per (vendor, record_type, record_id).
with
    records as (select * from {{ ref("int_customer_records") }}),
    keys as (select * from {{ ref("int_customer_keys") }}),
    present as (
        select records.*, keys.customer_key
        from records
        inner join keys on records.record_node = keys.record_node
    ),
    sizes as (
        select customer_key, count(*) as record_count from present group by customer_key
    )
select
    cast(present.customer_key as string) as customer_key,
    cast(present.vendor as string) as vendor,
    cast(present.record_type as string) as record_type,
    cast(present.record_id as string) as record_id,
    present.is_deleted,
    sizes.record_count > 1 as is_linked
from present
inner join sizes on present.customer_key = sizes.customer_key
