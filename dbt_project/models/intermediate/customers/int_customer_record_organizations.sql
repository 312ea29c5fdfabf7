-- The organization of a customer's record, as its system says: a contact's own company,
-- a requester's organization.
-- Grain: one row per record_node that has one.
with
    companies as (
        select record_node, {{ surrogate_key(["vendor", "record_id"]) }} as company_key
        from {{ ref("int_organization_records") }}
        where record_type = 'company'
    ),
    record_companies as (select * from {{ ref("int_record_companies") }}),
    helpdesk_users as (select * from {{ ref("int_helpdesk_users") }}),
    keys as (select * from {{ ref("int_organization_keys") }}),
    said as (
        select
            'contact:'
            || record_companies.vendor
            || ':'
            || record_companies.record_id as record_node,
            companies.record_node as organization_node
        from record_companies
        inner join companies on record_companies.company_key = companies.company_key
        where
            record_companies.record_type = 'contact'
            and record_companies.company_rank = 1
        union all
        select
            'helpdesk_user:' || vendor || ':' || user_id as record_node,
            'helpdesk_organization:'
            || vendor
            || ':'
            || organization_id as organization_node
        from helpdesk_users
        where organization_id is not null
    )
select
    cast(said.record_node as string) as record_node,
    cast(keys.organization_key as string) as organization_key
from said
inner join keys on said.organization_node = keys.record_node
