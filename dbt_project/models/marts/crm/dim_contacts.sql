-- People at customers, after merges. Grain: one row per surviving contact, one
-- `unassigned`.
with
    companies as (
        select *
        from {{ ref("int_record_companies") }}
        where record_type = 'contact' and company_rank = 1
    ),
    contacts as (
        select
            {{ surrogate_key(["contacts.vendor", "contacts.contact_id"]) }}
            as contact_key,
            coalesce(companies.company_key, {{ unassigned_key() }}) as company_key,
            coalesce(
                {{ surrogate_key(["contacts.vendor", "contacts.employee_id"]) }},
                {{ unassigned_key() }}
            ) as employee_key,
            contacts.*
        from {{ ref("int_contacts") }} as contacts
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on excluded.record_type = 'contact'
            and contacts.vendor = excluded.vendor
            and contacts.contact_id = excluded.record_id
        left join
            companies
            on contacts.vendor = companies.vendor
            and contacts.contact_id = companies.record_id
        where excluded.record_id is null
    )
select
    cast(contact_key as string) as contact_key,
    cast(vendor as string) as vendor,
    cast(contact_id as string) as contact_id,
    cast(company_key as string) as company_key,
    cast(employee_key as string) as employee_key,
    cast(email as string) as email,
    cast(full_name as string) as full_name,
    cast(country_name as string) as country_name,
    cast(lifecycle_stage as string) as lifecycle_stage,
    cast(lead_status as string) as lead_status,
    cast(source_name as string) as source_name,
    cast(source_detail_name as string) as source_detail_name,
    cast(birth_date as date) as birth_date,
    cast(has_opted_out as boolean) as has_opted_out,
    cast(created_at as timestamp) as created_at,
    cast(_loaded_at as timestamp) as _loaded_at
from contacts
union all
select
    cast({{ unassigned_key() }} as string) as contact_key,
    cast('none' as string) as vendor,
    cast('' as string) as contact_id,
    cast({{ unassigned_key() }} as string) as company_key,
    cast({{ unassigned_key() }} as string) as employee_key,
    cast(null as string) as email,
    cast('unassigned' as string) as full_name,
    cast(null as string) as country_name,
    cast(null as string) as lifecycle_stage,
    cast(null as string) as lead_status,
    cast(null as string) as source_name,
    cast(null as string) as source_detail_name,
    cast(null as date) as birth_date,
    cast(false as boolean) as has_opted_out,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as _loaded_at
