-- The edges between organizations' records and their domains, and of vendors' merges.
-- Grain: one row per (from_node, to_node). A domain of free mail, or of too many
-- records of one kind, links nothing.
with
    records as (select * from {{ ref("int_organization_records") }}),
    companies as (select * from {{ ref("int_companies") }}),
    organizations as (select * from {{ ref("int_helpdesk_organizations") }}),
    merged_records as (select * from {{ ref("int_merged_records") }}),
    free_mail as (select * from {{ ref("free_mail_domains") }}),
    said as (
        select 'company:' || vendor || ':' || company_id as record_node, domain
        from companies
        union all
        select
            'helpdesk_organization:' || vendor || ':' || organization_id as record_node,
            {{ explode_json_list("domain_names") }} as domain
        from organizations
        where domain_names is not null
    ),
    normalised as (
        select
            record_node,
            case
                when lower(trim(domain)) like 'www.%'
                then substr(lower(trim(domain)), 5)
                else lower(trim(domain))
            end as domain
        from said
    ),
    domains as (
        select normalised.record_node, normalised.domain
        from normalised
        left join free_mail on normalised.domain = free_mail.domain
        where normalised.domain like '%_._%' and free_mail.domain is null
        group by normalised.record_node, normalised.domain
    ),
    counted as (
        select
            domains.domain,
            records.vendor,
            records.record_type,
            count(*) as record_count
        from domains
        inner join records on domains.record_node = records.record_node
        group by domains.domain, records.vendor, records.record_type
    ),
    shared as (
        select domain
        from counted
        group by domain
        having max(record_count) > {{ var("identity_records_per_domain") }}
    ),
    links as (
        select domains.record_node as from_node, 'domain:' || domains.domain as to_node
        from domains
        left join shared on domains.domain = shared.domain
        where shared.domain is null
        union all
        select
            'company:' || vendor || ':' || merged_id as from_node,
            'company:' || vendor || ':' || surviving_id as to_node
        from merged_records
        where record_type = 'company'
    )
select cast(from_node as string) as from_node, cast(to_node as string) as to_node
from links
group by from_node, to_node
