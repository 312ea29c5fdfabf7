-- Customers: the people behind contacts, logins, devices, requesters and subscribers.
-- Grain: one row per customer_key. Of differing records the most trusted one speaks:
-- contact, login, subscriber, requester, device; among equals the one seen last.
with
    keys as (select * from {{ ref("int_customer_keys") }}),
    records as (select * from {{ ref("int_customer_records") }} where not is_deleted),
    redirects as (select * from {{ ref("int_record_redirects") }}),
    age_groups as (select * from {{ ref("age_groups") }}),
    -- Two files may name one country.
    regions as (
        select country_name, min(region_name) as region_name
        from {{ ref("int_country_regions") }}
        group by country_name
    ),
    segments as (
        select
            record_organizations.record_node,
            nullif(organizations.segment_name, 'unknown') as segment_name
        from {{ ref("int_customer_record_organizations") }} as record_organizations
        inner join
            {{ ref("dim_organizations") }} as organizations
            on record_organizations.organization_key = organizations.organization_key
    ),
    ranked as (
        select
            keys.customer_key,
            keys.founded_at,
            records.*,
            segments.segment_name,
            row_number() over (
                partition by keys.customer_key
                order by
                    case
                        when redirects.merged_id is not null
                        then 9
                        when records.record_type = 'contact'
                        then 1
                        when records.record_type = 'user'
                        then 2
                        when records.record_type = 'subscriber'
                        then 3
                        when records.record_type = 'helpdesk_user'
                        then 4
                        else 5
                    end asc nulls last,
                    records.last_seen_at desc nulls last,
                    records.record_node asc nulls last
            ) as trust_rank
        from keys
        inner join records on keys.record_node = records.record_node
        left join
            redirects
            on records.record_type = redirects.record_type
            and records.vendor = redirects.vendor
            and records.record_id = redirects.merged_id
        left join segments on records.record_node = segments.record_node
    ),
    customers as (
        select
            customer_key,
            min_by(email, case when email is not null then trust_rank end) as email,
            min_by(
                full_name, case when full_name is not null then trust_rank end
            ) as full_name,
            min_by(
                country_name, case when country_name is not null then trust_rank end
            ) as country_name,
            min_by(
                birth_date, case when birth_date is not null then trust_rank end
            ) as birth_date,
            min_by(
                segment_name, case when segment_name is not null then trust_rank end
            ) as segment_name,
            count(*) as record_count,
            sum(case when record_type = 'contact' then 1 else 0 end) as contact_count,
            sum(case when record_type = 'user' then 1 else 0 end) as user_count,
            sum(case when record_type = 'visitor' then 1 else 0 end) as visitor_count,
            sum(
                case when record_type = 'helpdesk_user' then 1 else 0 end
            ) as helpdesk_user_count,
            sum(
                case when record_type = 'subscriber' then 1 else 0 end
            ) as subscriber_count,
            min(founded_at) as founded_at,
            min(first_seen_at) as first_seen_at,
            max(last_seen_at) as last_seen_at
        from ranked
        group by customer_key
    ),
    final as (
        select
            customers.*, {{ age_in_years("customers.birth_date", as_of_date()) }} as age
        from customers
    )
select
    cast(final.customer_key as string) as customer_key,
    cast(final.email as string) as email,
    cast(final.full_name as string) as full_name,
    cast(coalesce(final.country_name, 'unknown') as string) as country_name,
    cast(coalesce(regions.region_name, 'unknown') as string) as region_name,
    cast(coalesce(age_groups.age_group_name, 'unknown') as string) as age_group_name,
    cast(coalesce(final.segment_name, 'unknown') as string) as segment_name,
    -- Somebody, not only a device.
    final.record_count > final.visitor_count as is_identified,
    cast(final.record_count as bigint) as record_count,
    cast(final.contact_count as bigint) as contact_count,
    cast(final.user_count as bigint) as user_count,
    cast(final.visitor_count as bigint) as visitor_count,
    cast(final.helpdesk_user_count as bigint) as helpdesk_user_count,
    cast(final.subscriber_count as bigint) as subscriber_count,
    cast(final.birth_date as date) as birth_date,
    cast(final.first_seen_at as timestamp) as first_seen_at,
    cast(final.last_seen_at as timestamp) as last_seen_at
from final
left join regions on final.country_name = regions.country_name
left join age_groups on final.age between age_groups.first_age and age_groups.last_age
