-- What a customer's records have in common: e-mail addresses, devices, earlier logins,
-- and the records that a vendor merged.
-- Grain: one row per (record_node, identifier_node); identifier_node names type and
-- value.
with
    records as (select * from {{ ref("int_customer_records") }}),
    visitor_links as (
        select *, {{ normalised_email("email") }} as address
        from {{ ref("int_visitor_links") }}
    ),
    merged_records as (select * from {{ ref("int_merged_records") }}),
    helpdesk_users as (select * from {{ ref("int_helpdesk_users") }}),
    emails as (
        select
            record_node,
            'email' as identifier_type,
            'email:' || email as identifier_node,
            first_seen_at
        from records
        where email is not null
    ),
    visitor_emails as (
        select
            case
                when user_id is not null
                then 'user:' || vendor || ':' || user_id
                else 'visitor:' || vendor || ':' || anonymous_id
            end as record_node,
            'email' as identifier_type,
            'email:' || address as identifier_node,
            first_seen_at
        from visitor_links
        where address is not null
    ),
    -- A device names its visitor, and every login that was seen on it.
    devices as (
        select
            'visitor:' || vendor || ':' || anonymous_id as record_node,
            'device' as identifier_type,
            'device:' || vendor || ':' || anonymous_id as identifier_node,
            first_seen_at
        from visitor_links
        where anonymous_id is not null
        union all
        select
            'user:' || vendor || ':' || user_id as record_node,
            'device' as identifier_type,
            'device:' || vendor || ':' || anonymous_id as identifier_node,
            first_seen_at
        from visitor_links
        where anonymous_id is not null and user_id is not null
    ),
    -- The earlier id of an alias call is a device or another login.
    aliases as (
        select
            'user:' || links.vendor || ':' || links.user_id as record_node,
            'alias' as identifier_type,
            'record:' || earlier.record_node as identifier_node,
            links.first_seen_at
        from visitor_links as links
        inner join
            records as earlier
            on links.vendor = earlier.vendor
            and links.previous_id = earlier.record_id
            and earlier.record_type in ('user', 'visitor')
        where links.user_id is not null
    ),
    vendor_merges as (
        select
            'contact:' || vendor || ':' || merged_id as record_node,
            'merge' as identifier_type,
            'record:contact:' || vendor || ':' || surviving_id as identifier_node,
            cast(null as timestamp) as first_seen_at
        from merged_records
        where record_type = 'contact'
        union all
        select
            'helpdesk_user:' || vendor || ':' || user_id as record_node,
            'merge' as identifier_type,
            'record:helpdesk_user:'
            || vendor
            || ':'
            || merged_into_user_id as identifier_node,
            cast(null as timestamp) as first_seen_at
        from helpdesk_users
        where merged_into_user_id is not null
    ),
    every_link as (
        select *
        from emails
        union all
        select *
        from visitor_emails
        union all
        select *
        from devices
        union all
        select *
        from aliases
        union all
        select *
        from vendor_merges
    ),
    -- Where another record is the identifier, it must carry it, too.
    named_records as (
        select
            records.record_node,
            every_link.identifier_type,
            every_link.identifier_node,
            records.first_seen_at
        from every_link
        inner join
            records on every_link.identifier_node = 'record:' || records.record_node
    ),
    final as (
        select *
        from every_link
        union all
        select *
        from named_records
    )
select
    cast(final.record_node as string) as record_node,
    cast(final.identifier_node as string) as identifier_node,
    cast(min(final.identifier_type) as string) as identifier_type,
    cast(min(final.first_seen_at) as timestamp) as first_seen_at
from final
inner join records on final.record_node = records.record_node
group by final.record_node, final.identifier_node
