-- Links between records, from the lookups that Salesforce has instead of associations.
-- Grain: one row per from and to record, by type (singular nouns) and id.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    opportunities as (
        {{ newest_rows("salesforce", "opportunities", newest_by="system_modstamp") }}
    ),
    contacts as (
        {{ newest_rows("salesforce", "contacts", newest_by="system_modstamp") }}
    ),
    roles as (
        {{
            newest_rows(
                "salesforce", "opportunity_contact_roles", newest_by="system_modstamp"
            )
        }}
    ),
    line_items as (
        {{
            newest_rows(
                "salesforce", "opportunity_line_items", newest_by="system_modstamp"
            )
        }}
    ),
    tasks as ({{ newest_rows("salesforce", "tasks", newest_by="system_modstamp") }}),
    events as ({{ newest_rows("salesforce", "events", newest_by="system_modstamp") }}),
    relations as (
        {{ newest_rows("salesforce", "event_relations", newest_by="system_modstamp") }}
    ),
    kinds as (
        select activity_id, activity_type from {{ ref("stg_salesforce__activities") }}
    ),
    lookups as (
        select id as activity_id, who_id, what_id, account_id
        from tasks
        union all
        select id as activity_id, who_id, what_id, account_id
        from events
    ),
    -- Key prefixes: 001 account, 003 contact, 00Q lead, 006 opportunity.
    about as (
        select activity_id, who_id as to_id
        from lookups
        union all
        select activity_id, what_id as to_id
        from lookups
        union all
        select activity_id, account_id as to_id
        from lookups
        union all
        select event_id as activity_id, relation_id as to_id
        from relations
        where not coalesce(is_deleted, false) and not is_vanished
    ),
    links as (
        select
            'deal' as from_type,
            id as from_id,
            'company' as to_type,
            account_id as to_id,
            1 as primary_flag
        from opportunities
        union all
        select
            'deal' as from_type,
            id as from_id,
            'contact' as to_type,
            contact_id as to_id,
            1 as primary_flag
        from opportunities
        union all
        select
            'deal' as from_type,
            opportunity_id as from_id,
            'contact' as to_type,
            contact_id as to_id,
            case when is_primary then 1 else 0 end as primary_flag
        from roles
        where not coalesce(is_deleted, false) and not is_vanished
        union all
        select
            'deal' as from_type,
            opportunity_id as from_id,
            'line_item' as to_type,
            id as to_id,
            0 as primary_flag
        from line_items
        union all
        select
            'contact' as from_type,
            id as from_id,
            'company' as to_type,
            account_id as to_id,
            1 as primary_flag
        from contacts
        union all
        select
            kinds.activity_type as from_type,
            about.activity_id as from_id,
            case
                when about.to_id like '001%'
                then 'company'
                when about.to_id like '006%'
                then 'deal'
                when about.to_id like '003%' or about.to_id like '00Q%'
                then 'contact'
            end as to_type,
            about.to_id,
            0 as primary_flag
        from about
        inner join kinds on about.activity_id = kinds.activity_id
    )
select
    cast(from_type as string) as from_type,
    cast(from_id as string) as from_id,
    cast(to_type as string) as to_type,
    cast(to_id as string) as to_id,
    max(primary_flag) = 1 as is_primary
from links
where to_id is not null and to_type is not null
group by from_type, from_id, to_type, to_id
