-- Every record of a customer, in any system: contact, login, device, requester,
-- subscriber.
-- Grain: one row per record_node, which names record type, vendor and natural id.
with
    contacts as (select * from {{ ref("int_contacts") }}),
    helpdesk_users as (select * from {{ ref("int_helpdesk_users") }}),
    subscribers as (select * from {{ ref("int_subscribers") }}),
    visitor_links as (select * from {{ ref("int_visitor_links") }}),
    records as (
        select
            vendor,
            'contact' as record_type,
            contact_id as record_id,
            email,
            full_name,
            country_name,
            birth_date,
            is_archived as is_deleted,
            created_at as first_seen_at,
            updated_at as last_seen_at
        from contacts
        union all
        select
            vendor,
            'helpdesk_user' as record_type,
            user_id as record_id,
            email,
            full_name,
            cast(null as string) as country_name,
            cast(null as date) as birth_date,
            is_deleted,
            created_at as first_seen_at,
            updated_at as last_seen_at
        from helpdesk_users
        where user_type = 'end_user'
        union all
        select
            vendor,
            'subscriber' as record_type,
            subscriber_id as record_id,
            email,
            full_name,
            country_name,
            cast(null as date) as birth_date,
            is_deleted,
            created_at as first_seen_at,
            updated_at as last_seen_at
        from subscribers
        union all
        select
            vendor,
            'user' as record_type,
            user_id as record_id,
            max_by(email, last_seen_at) as email,
            cast(null as string) as full_name,
            max_by(country_name, last_seen_at) as country_name,
            cast(null as date) as birth_date,
            false as is_deleted,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at
        from visitor_links
        where user_id is not null
        group by vendor, user_id
        union all
        select
            vendor,
            'visitor' as record_type,
            anonymous_id as record_id,
            cast(null as string) as email,
            cast(null as string) as full_name,
            max_by(country_name, last_seen_at) as country_name,
            cast(null as date) as birth_date,
            false as is_deleted,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at
        from visitor_links
        where anonymous_id is not null
        group by vendor, anonymous_id
    )
select
    cast(record_type || ':' || vendor || ':' || record_id as string) as record_node,
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(record_id as string) as record_id,
    cast({{ normalised_email("email") }} as string) as email,
    cast(nullif(trim(full_name), '') as string) as full_name,
    cast(nullif(trim(country_name), '') as string) as country_name,
    cast(birth_date as date) as birth_date,
    coalesce(is_deleted, false) as is_deleted,
    cast(first_seen_at as timestamp) as first_seen_at,
    -- What a vendor changed after as_of was seen then at the latest.
    cast(
        case
            when last_seen_at > {{ as_of() }} then {{ as_of() }} else last_seen_at
        end as timestamp
    ) as last_seen_at
from records
where record_id is not null
