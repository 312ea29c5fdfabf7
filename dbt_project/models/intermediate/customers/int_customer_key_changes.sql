-- Customers that turned out to be one, or not to be one: old key and new key.
-- Grain: one row per (from_customer_key, to_customer_key, changed_at).
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["from_customer_key", "to_customer_key", "changed_at"],
        on_schema_change="fail",
        full_refresh=false,
    )
}}
with
    keys as (select * from {{ ref("int_customer_keys") }}),
    current_keys as (select customer_key from keys group by customer_key),
    changed as (
        select
            previous_customer_key as from_customer_key,
            customer_key as to_customer_key,
            assigned_at as changed_at,
            count(*) as record_count
        from keys
        where previous_customer_key is not null
        group by previous_customer_key, customer_key, assigned_at
    )
select
    cast(changed.from_customer_key as string) as from_customer_key,
    cast(changed.to_customer_key as string) as to_customer_key,
    cast(
        case
            when current_keys.customer_key is null then 'merge' else 'split'
        end as string
    ) as change_type,
    cast(changed.record_count as bigint) as record_count,
    cast(changed.changed_at as timestamp) as changed_at
from changed
left join current_keys on changed.from_customer_key = current_keys.customer_key
