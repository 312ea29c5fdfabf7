-- Every record of an organization that buys: CRM company, helpdesk organization.
-- Grain: one row per record_node, which names record type, vendor and natural id.
with
    companies as (select * from {{ ref("int_companies") }}),
    organizations as (select * from {{ ref("int_helpdesk_organizations") }}),
    records as (
        select
            vendor,
            'company' as record_type,
            company_id as record_id,
            company_name as organization_name,
            country_name,
            industry_name,
            employee_count,
            is_archived as is_deleted,
            created_at as first_seen_at
        from companies
        union all
        select
            vendor,
            'helpdesk_organization' as record_type,
            organization_id as record_id,
            organization_name,
            cast(null as string) as country_name,
            cast(null as string) as industry_name,
            cast(null as bigint) as employee_count,
            is_deleted,
            created_at as first_seen_at
        from organizations
    )
select
    cast(record_type || ':' || vendor || ':' || record_id as string) as record_node,
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(record_id as string) as record_id,
    cast(nullif(trim(organization_name), '') as string) as organization_name,
    cast(country_name as string) as country_name,
    cast(industry_name as string) as industry_name,
    coalesce(is_deleted, false) as is_deleted,
    cast(employee_count as bigint) as employee_count,
    cast(first_seen_at as timestamp) as first_seen_at
from records
where record_id is not null
