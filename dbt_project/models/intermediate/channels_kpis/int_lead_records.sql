-- The records of the CRM that say since when somebody is a lead: his contacts and the
-- leads and contacts that were merged into them.
-- Grain: one row per (vendor, record_id).
with
    records as (select * from {{ ref("int_contacts") }}),
    redirects as (
        select * from {{ ref("int_record_redirects") }} where record_type = 'contact'
    ),
    contacts as (select * from {{ ref("dim_contacts") }}),
    customer_records as (
        select * from {{ ref("dim_customer_records") }} where record_type = 'contact'
    )
select
    cast(records.vendor as string) as vendor,
    cast(records.contact_id as string) as record_id,
    cast(customer_records.customer_key as string) as customer_key,
    cast(contacts.contact_key as string) as contact_key,
    cast(contacts.employee_key as string) as employee_key,
    cast(records.source_name as string) as source_name,
    cast(
        case when records.lead_at <= {{ as_of() }} then records.lead_at end as timestamp
    ) as lead_at,
    cast(
        case
            when records.qualified_at <= {{ as_of() }} then records.qualified_at
        end as timestamp
    ) as qualified_at,
    cast(records.created_at as timestamp) as created_at
from records
left join
    redirects
    on records.vendor = redirects.vendor
    and records.contact_id = redirects.merged_id
inner join
    contacts
    on records.vendor = contacts.vendor
    and coalesce(redirects.surviving_id, records.contact_id) = contacts.contact_id
inner join
    customer_records
    on contacts.vendor = customer_records.vendor
    and contacts.contact_id = customer_records.record_id
