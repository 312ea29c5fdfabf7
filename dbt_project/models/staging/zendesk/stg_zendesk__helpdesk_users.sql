-- Customers and agents, inactive and erased ones included.
-- Grain: one row per user id, newest version.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    users as ({{ newest_rows("zendesk", "users") }}),
    bots as (select lower(email) as email from {{ ref("helpdesk_bots") }}),
    zones as (select * from {{ ref("helpdesk_timezones") }}),
    -- Whoever leaves becomes an end user, and his comments stay an agent's.
    former_agents as (
        select new_value as user_id
        from {{ ref("stg_zendesk__ticket_field_changes") }}
        where field_name = 'assignee' and new_value is not null
        group by new_value
    )
select
    cast(users.id as string) as user_id,
    cast(nullif(trim(users.name), '') as string) as full_name,
    cast(nullif(lower(trim(users.email)), '') as string) as email,
    cast(
        case
            when bots.email is not null
            then 'bot'
            when users.role in ('agent', 'admin') or former_agents.user_id is not null
            then 'agent'
            else 'end_user'
        end as string
    ) as user_type,
    cast(users.organization_id as string) as organization_id,
    cast(
        coalesce(users.iana_time_zone, zones.timezone_name) as string
    ) as timezone_name,
    coalesce(users.active, true)
    and not coalesce(users.suspended, false)
    and not users.is_vanished as is_active,
    not coalesce(users.active, true) or users.is_vanished as is_deleted,
    -- Zendesk does not say into whom a user was merged.
    cast(null as string) as merged_into_user_id,
    cast(users.created_at as timestamp) as created_at,
    cast(users.updated_at as timestamp) as updated_at,
    {{ loaded_at("users._dlt_load_id") }} as _loaded_at
from users
left join bots on lower(trim(users.email)) = bots.email
left join zones on users.time_zone = zones.rails_name
left join former_agents on users.id = former_agents.user_id
