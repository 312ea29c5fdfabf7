-- Links between CRM records after merges: both ends are surviving records.
-- Grain: one row per vendor, from and to record. Links of a merge loser are dropped, as
-- its survivor carries them; a link to a loser points to the survivor.
with
    links as (select * from {{ ref("int_record_links") }}),
    redirects as (select * from {{ ref("int_record_redirects") }}),
    redirected as (
        select
            links.vendor,
            links.from_type,
            links.from_id,
            links.to_type,
            coalesce(to_redirects.surviving_id, links.to_id) as to_id,
            case when links.is_primary then 1 else 0 end as primary_flag
        from links
        left join
            redirects as from_redirects
            on links.vendor = from_redirects.vendor
            and links.from_type = from_redirects.record_type
            and links.from_id = from_redirects.merged_id
        left join
            redirects as to_redirects
            on links.vendor = to_redirects.vendor
            and links.to_type = to_redirects.record_type
            and links.to_id = to_redirects.merged_id
        where from_redirects.merged_id is null
    )
select
    cast(vendor as string) as vendor,
    cast(from_type as string) as from_type,
    cast(from_id as string) as from_id,
    cast(to_type as string) as to_type,
    cast(to_id as string) as to_id,
    max(primary_flag) = 1 as is_primary
from redirected
group by vendor, from_type, from_id, to_type, to_id
