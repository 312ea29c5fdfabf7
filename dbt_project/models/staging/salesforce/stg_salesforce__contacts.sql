-- People: contacts and leads as Salesforce says them, deleted ones and merge losers
-- included. A converted lead is a former id of the contact it became
-- (stg_salesforce__merged_records).
-- Grain: one row per contact or lead id, newest version.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    contacts as (
        {{ newest_rows("salesforce", "contacts", newest_by="system_modstamp") }}
    ),
    leads as ({{ newest_rows("salesforce", "leads", newest_by="system_modstamp") }}),
    people as (
        select
            id,
            account_id,
            owner_id,
            email,
            first_name,
            last_name,
            mailing_country as country,
            'contact' as lifecycle_stage,
            cast(null as string) as lead_status,
            lead_source,
            has_opted_out_of_email,
            is_deleted,
            is_vanished,
            birthdate,
            created_date,
            cast(null as timestamp) as qualified_at,
            system_modstamp,
            _dlt_load_id
        from contacts
        union all
        select
            id,
            cast(null as string) as account_id,
            owner_id,
            email,
            first_name,
            last_name,
            country,
            'lead' as lifecycle_stage,
            status as lead_status,
            lead_source,
            has_opted_out_of_email,
            is_deleted,
            is_vanished,
            cast(null as date) as birthdate,
            created_date,
            -- Sales converts a lead when it is worth an opportunity.
            case
                when is_converted then {{ noon_of("converted_date") }}
            end as qualified_at,
            system_modstamp,
            _dlt_load_id
        from leads
    )
select
    cast(id as string) as contact_id,
    cast(account_id as string) as company_id,
    cast(owner_id as string) as employee_id,
    cast(nullif(lower(trim(email)), '') as string) as email,
    cast(
        nullif(
            trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''
        ) as string
    ) as full_name,
    cast(nullif(trim(country), '') as string) as country_name,
    cast(lifecycle_stage as string) as lifecycle_stage,
    cast(nullif(trim(lead_status), '') as string) as lead_status,
    cast(
        nullif(lower(replace(trim(lead_source), ' ', '_')), '') as string
    ) as source_name,
    cast(null as string) as source_detail_name,
    coalesce(has_opted_out_of_email, false) as has_opted_out,
    coalesce(is_deleted, false) or is_vanished as is_archived,
    case
        when birthdate between cast('1900-01-01' as date) and {{ as_of_date() }}
        then birthdate
    end as birth_date,
    cast(created_date as timestamp) as created_at,
    cast(created_date as timestamp) as lead_at,
    cast(qualified_at as timestamp) as qualified_at,
    cast(system_modstamp as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from people
