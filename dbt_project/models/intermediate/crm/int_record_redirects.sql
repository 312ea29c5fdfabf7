-- Former record ids and the record that swallowed them, through merges of merges.
-- Grain: one row per vendor, record type and former id; the record is the last
-- survivor.
with recursive
    merged as (select * from {{ ref("int_merged_records") }}),
    chains as (
        select vendor, record_type, merged_id, surviving_id, 1 as hop_count
        from merged
        union all
        select
            chains.vendor,
            chains.record_type,
            chains.merged_id,
            merged.surviving_id,
            chains.hop_count + 1 as hop_count
        from chains
        inner join
            merged
            on chains.vendor = merged.vendor
            and chains.record_type = merged.record_type
            and chains.surviving_id = merged.merged_id
        -- Two records that list each other would go round for ever.
        where chains.hop_count < 20
    ),
    ends as (
        select
            chains.vendor,
            chains.record_type,
            chains.merged_id,
            chains.surviving_id,
            row_number() over (
                partition by chains.vendor, chains.record_type, chains.merged_id
                order by
                    chains.hop_count desc nulls last,
                    chains.surviving_id desc nulls last
            ) as end_rank
        from chains
        left join
            merged
            on chains.vendor = merged.vendor
            and chains.record_type = merged.record_type
            and chains.surviving_id = merged.merged_id
        where merged.merged_id is null
    )
select
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(merged_id as string) as merged_id,
    cast(surviving_id as string) as surviving_id
from ends
where end_rank = 1
