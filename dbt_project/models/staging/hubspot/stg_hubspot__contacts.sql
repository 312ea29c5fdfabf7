-- Contacts as HubSpot says them, archived ones and merge losers included.
-- Grain: one row per contact id, newest version.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    contacts as ({{ newest_rows("hubspot", "contacts") }}),
    births as (
        select
            id,
            case
                -- Epoch milliseconds at UTC midnight, as older forms store dates.
                when trim(date_of_birth) like '%000' and length(trim(date_of_birth)) > 8
                then
                    cast('1970-01-01' as date) + cast(
                        floor(try_cast(trim(date_of_birth) as double) / 86400000) as int
                    )
                when trim(date_of_birth) like '____-__-__%'
                then try_cast(substr(trim(date_of_birth), 1, 10) as date)
                -- Day first, as European and Persian forms write it.
                when replace(trim(date_of_birth), '.', '/') like '%/%/____'
                then
                    try_cast(
                        split_part(replace(trim(date_of_birth), '.', '/'), '/', 3)
                        || '-'
                        || lpad(
                            split_part(replace(trim(date_of_birth), '.', '/'), '/', 2),
                            2,
                            '0'
                        )
                        || '-'
                        || lpad(
                            split_part(replace(trim(date_of_birth), '.', '/'), '/', 1),
                            2,
                            '0'
                        ) as date
                    )
            end as birth_date
        from contacts
    )
select
    cast(contacts.id as string) as contact_id,
    cast(nullif(contacts.associatedcompanyid, '') as string) as company_id,
    cast(nullif(contacts.hubspot_owner_id, '') as string) as employee_id,
    cast(nullif(lower(trim(contacts.email)), '') as string) as email,
    cast(
        nullif(
            trim(
                coalesce(contacts.firstname, '')
                || ' '
                || coalesce(contacts.lastname, '')
            ),
            ''
        ) as string
    ) as full_name,
    cast(nullif(trim(contacts.country), '') as string) as country_name,
    cast(nullif(contacts.lifecyclestage, '') as string) as lifecycle_stage,
    cast(nullif(contacts.hs_lead_status, '') as string) as lead_status,
    cast(nullif(lower(contacts.hs_analytics_source), '') as string) as source_name,
    cast(
        nullif(contacts.hs_analytics_source_data_1, '') as string
    ) as source_detail_name,
    coalesce(contacts.hs_email_optout, false) as has_opted_out,
    coalesce(contacts.archived, false) or contacts.is_vanished as is_archived,
    case
        when births.birth_date between cast('1900-01-01' as date) and {{ as_of_date() }}
        then births.birth_date
    end as birth_date,
    cast(coalesce(contacts.createdate, contacts.created_at) as timestamp) as created_at,
    -- HubSpot knows no lead before the stage; a subscriber is none yet.
    cast(
        coalesce(
            contacts.hs_lifecyclestage_lead_date,
            contacts.hs_lifecyclestage_marketingqualifiedlead_date,
            contacts.hs_lifecyclestage_salesqualifiedlead_date,
            case
                when coalesce(contacts.lifecyclestage, '') not in ('', 'subscriber')
                then coalesce(contacts.createdate, contacts.created_at)
            end
        ) as timestamp
    ) as lead_at,
    -- Whoever of marketing and sales said so first.
    cast(
        least(
            contacts.hs_lifecyclestage_marketingqualifiedlead_date,
            contacts.hs_lifecyclestage_salesqualifiedlead_date
        ) as timestamp
    ) as qualified_at,
    cast(contacts.updated_at as timestamp) as updated_at,
    {{ loaded_at("contacts._dlt_load_id") }} as _loaded_at
from contacts
inner join births on contacts.id = births.id
