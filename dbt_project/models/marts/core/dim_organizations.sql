-- Organizations that buy, once each, whatever systems know them.
-- Grain: one row per organization_key. The CRM speaks first, then the helpdesk; among
-- equals the record seen first. An override by domain says the segment, else the size.
with
    keys as (select * from {{ ref("int_organization_keys") }}),
    records as (
        select * from {{ ref("int_organization_records") }} where not is_deleted
    ),
    links as (select * from {{ ref("int_organization_links") }}),
    segments as (select * from {{ ref("organization_segments") }}),
    segment_overrides as (select * from {{ ref("organization_segment_overrides") }}),
    ranked as (
        select
            keys.organization_key,
            records.*,
            row_number() over (
                partition by keys.organization_key
                order by
                    records.record_type asc nulls last,
                    records.first_seen_at asc nulls last,
                    records.record_node asc nulls last
            ) as trust_rank
        from keys
        inner join records on keys.record_node = records.record_node
    ),
    -- An organization may have several domains.
    overrides as (
        select
            ranked.organization_key,
            min_by(
                segment_overrides.segment_name, segment_overrides.domain_name
            ) as segment_name
        from segment_overrides
        inner join links on links.to_node = 'domain:' || segment_overrides.domain_name
        inner join ranked on links.from_node = ranked.record_node
        group by ranked.organization_key
    ),
    final as (
        select
            organization_key,
            min_by(
                organization_name,
                case when organization_name is not null then trust_rank end
            ) as organization_name,
            min_by(
                country_name, case when country_name is not null then trust_rank end
            ) as country_name,
            min_by(
                industry_name, case when industry_name is not null then trust_rank end
            ) as industry_name,
            min_by(
                employee_count, case when employee_count is not null then trust_rank end
            ) as employee_count,
            count(*) as record_count,
            sum(case when record_type = 'company' then 1 else 0 end) as company_count,
            min(first_seen_at) as first_seen_at
        from ranked
        group by organization_key
    )
select
    cast(final.organization_key as string) as organization_key,
    cast(final.organization_name as string) as organization_name,
    cast(coalesce(final.country_name, 'unknown') as string) as country_name,
    cast(coalesce(final.industry_name, 'unknown') as string) as industry_name,
    cast(
        coalesce(overrides.segment_name, segments.segment_name, 'unknown') as string
    ) as segment_name,
    cast(final.record_count as bigint) as record_count,
    cast(final.company_count as bigint) as company_count,
    cast(final.employee_count as bigint) as employee_count,
    cast(final.first_seen_at as timestamp) as first_seen_at
from final
left join overrides on final.organization_key = overrides.organization_key
left join
    segments
    on final.employee_count >= segments.first_employee_count
    and (
        segments.last_employee_count is null
        or final.employee_count <= segments.last_employee_count
    )
