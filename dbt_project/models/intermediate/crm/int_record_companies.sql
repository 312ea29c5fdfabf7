-- Which companies a contact, a deal or an activity belongs to, after merges.
-- Grain: one row per record and surviving company; company_rank 1 is the record's own.
with
    links as (select * from {{ ref("int_record_associations") }}),
    excluded as (select * from {{ ref("int_excluded_crm_records") }}),
    companies as (
        select companies.vendor, companies.company_id
        from {{ ref("int_companies") }} as companies
        left join
            excluded
            on excluded.record_type = 'company'
            and companies.vendor = excluded.vendor
            and companies.company_id = excluded.record_id
        where excluded.record_id is null
    ),
    redirects as (
        select * from {{ ref("int_record_redirects") }} where record_type = 'company'
    ),
    contacts as (
        select
            contacts.vendor,
            contacts.contact_id,
            coalesce(redirects.surviving_id, contacts.company_id) as company_id
        from {{ ref("int_contacts") }} as contacts
        left join
            redirects
            on contacts.vendor = redirects.vendor
            and contacts.company_id = redirects.merged_id
        left join
            excluded
            on excluded.record_type = 'contact'
            and contacts.vendor = excluded.vendor
            and contacts.contact_id = excluded.record_id
        where excluded.record_id is null
    ),
    stated as (
        select
            links.vendor,
            links.from_type as record_type,
            links.from_id as record_id,
            links.to_id as company_id,
            case when links.is_primary then 1 else 3 end as preference
        from links
        where links.to_type = 'company' and links.from_type <> 'company'
        union all
        -- The company that the contact itself names.
        select
            vendor,
            'contact' as record_type,
            contact_id as record_id,
            company_id,
            2 as preference
        from contacts
        where company_id is not null
    ),
    own as (
        select
            stated.vendor,
            stated.record_type,
            stated.record_id,
            stated.company_id,
            min(stated.preference) as preference
        from stated
        inner join
            companies
            on stated.vendor = companies.vendor
            and stated.company_id = companies.company_id
        group by stated.vendor, stated.record_type, stated.record_id, stated.company_id
    ),
    ranked_own as (
        select
            vendor,
            record_type,
            record_id,
            company_id,
            'company' as company_source_type,
            row_number() over (
                partition by vendor, record_type, record_id
                order by preference asc nulls last, company_id asc nulls last
            ) as company_rank
        from own
    ),
    contact_companies as (
        select
            ranked_own.vendor, ranked_own.record_id as contact_id, ranked_own.company_id
        from ranked_own
        inner join
            contacts
            on ranked_own.vendor = contacts.vendor
            and ranked_own.record_id = contacts.contact_id
        where ranked_own.record_type = 'contact' and ranked_own.company_rank = 1
    ),
    records_with_own as (
        select vendor, record_type, record_id from ranked_own where company_rank = 1
    ),
    through_contacts as (
        select
            links.vendor,
            links.from_type as record_type,
            links.from_id as record_id,
            contact_companies.company_id,
            'contact' as company_source_type,
            row_number() over (
                partition by links.vendor, links.from_type, links.from_id
                order by contact_companies.company_id asc nulls last
            ) as company_rank
        from
            (
                select links.vendor, links.from_type, links.from_id, links.to_id
                from links
                left join
                    records_with_own
                    on links.vendor = records_with_own.vendor
                    and links.from_type = records_with_own.record_type
                    and links.from_id = records_with_own.record_id
                where links.to_type = 'contact' and records_with_own.record_id is null
            ) as links
        inner join
            contact_companies
            on links.vendor = contact_companies.vendor
            and links.to_id = contact_companies.contact_id
        group by
            links.vendor, links.from_type, links.from_id, contact_companies.company_id
    ),
    with_contacts as (
        select *
        from ranked_own
        union all
        select *
        from through_contacts
    ),
    records_with_company as (
        select vendor, record_type, record_id from with_contacts where company_rank = 1
    ),
    through_deals as (
        select
            links.vendor,
            links.from_type as record_type,
            links.from_id as record_id,
            with_contacts.company_id,
            'deal' as company_source_type,
            row_number() over (
                partition by links.vendor, links.from_type, links.from_id
                order by with_contacts.company_id asc nulls last
            ) as company_rank
        from links
        left join
            records_with_company
            on links.vendor = records_with_company.vendor
            and links.from_type = records_with_company.record_type
            and links.from_id = records_with_company.record_id
        inner join
            with_contacts
            on with_contacts.record_type = 'deal'
            and with_contacts.company_rank = 1
            and links.vendor = with_contacts.vendor
            and links.to_id = with_contacts.record_id
        where links.to_type = 'deal' and records_with_company.record_id is null
        group by links.vendor, links.from_type, links.from_id, with_contacts.company_id
    ),
    final as (
        select *
        from with_contacts
        union all
        select *
        from through_deals
    )
select
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(record_id as string) as record_id,
    cast({{ surrogate_key(["vendor", "company_id"]) }} as string) as company_key,
    cast(company_source_type as string) as company_source_type,
    cast(company_rank as bigint) as company_rank
from final
