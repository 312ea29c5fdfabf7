-- Companies of the CRM after merges. Grain: one row per surviving company, one
-- `unassigned`.
with
    merge_counts as (
        select vendor, surviving_id, count(*) as merged_count
        from {{ ref("int_record_redirects") }}
        where record_type = 'company'
        group by vendor, surviving_id
    ),
    companies as (
        select
            {{ surrogate_key(["companies.vendor", "companies.company_id"]) }}
            as company_key,
            coalesce(
                {{ surrogate_key(["companies.vendor", "companies.employee_id"]) }},
                {{ unassigned_key() }}
            ) as employee_key,
            companies.*,
            coalesce(merge_counts.merged_count, 0) as merged_count
        from {{ ref("int_companies") }} as companies
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on excluded.record_type = 'company'
            and companies.vendor = excluded.vendor
            and companies.company_id = excluded.record_id
        left join
            merge_counts
            on companies.vendor = merge_counts.vendor
            and companies.company_id = merge_counts.surviving_id
        where excluded.record_id is null
    )
select
    cast(company_key as string) as company_key,
    cast(vendor as string) as vendor,
    cast(company_id as string) as company_id,
    cast(employee_key as string) as employee_key,
    cast(
        coalesce(company_name, domain, 'Unnamed ' || company_id) as string
    ) as company_name,
    cast(domain as string) as domain,
    cast(industry_name as string) as industry_name,
    cast(country_name as string) as country_name,
    cast(state_name as string) as state_name,
    cast(city_name as string) as city_name,
    cast(lifecycle_stage as string) as lifecycle_stage,
    cast(employee_count as bigint) as employee_count,
    cast(merged_count as bigint) as merged_count,
    cast(created_at as timestamp) as created_at,
    cast(_loaded_at as timestamp) as _loaded_at
from companies
union all
select
    cast({{ unassigned_key() }} as string) as company_key,
    cast('none' as string) as vendor,
    cast('' as string) as company_id,
    cast({{ unassigned_key() }} as string) as employee_key,
    cast('unassigned' as string) as company_name,
    cast(null as string) as domain,
    cast(null as string) as industry_name,
    cast(null as string) as country_name,
    cast(null as string) as state_name,
    cast(null as string) as city_name,
    cast(null as string) as lifecycle_stage,
    cast(null as bigint) as employee_count,
    cast(0 as bigint) as merged_count,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as _loaded_at
