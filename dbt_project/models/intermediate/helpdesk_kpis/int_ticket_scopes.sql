-- Every scope that a ticket or a survey was ever in, and since when: what KPI tables
-- have rows for.
-- Grain: one row per scope_key.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    events as (
        select scope_key, min(event_date) as first_date
        from {{ ref("int_ticket_events") }}
        group by scope_key
    ),
    placed as (
        select
            intervals.vendor,
            intervals.group_id,
            intervals.priority_type,
            intervals.assignee_id,
            tickets.channel_name,
            coalesce(tickets.brand_id, '') as brand_id,
            coalesce(tickets.organization_key, 'none') as organization_key,
            intervals.started_at
        from {{ ref("fct_ticket_intervals") }} as intervals
        inner join tickets on intervals.ticket_key = tickets.ticket_key
        union all
        -- A survey may name a group or an agent that never had the ticket.
        select
            vendor,
            group_id,
            priority_type,
            assignee_id,
            channel_name,
            cast('' as string) as brand_id,
            organization_key,
            cast(null as timestamp) as started_at
        from {{ ref("int_ticket_surveys") }}
    ),
    {{
        ticket_scopes(
            "placed",
            ["vendor", "started_at"],
            [
                "total",
                "group",
                "priority",
                "channel",
                "agent",
                "brand",
                "organization",
            ],
        )
    }},
    found as (
        select
            scope_key,
            scope_type,
            max(vendor) as vendor,
            max(scope_value) as scope_value,
            min(started_at) as started_at
        from scoped
        where scope_type <> 'brand' or started_at is not null
        group by scope_key, scope_type
    )
select
    cast(found.scope_key as string) as scope_key,
    cast(found.scope_type as string) as scope_type,
    cast(
        case
            when found.scope_type = 'group'
            then
                case
                    when found.scope_value = ''
                    then 'no group'
                    else coalesce(groups.group_name, 'unknown')
                end
            when found.scope_type = 'agent'
            then
                case
                    when found.scope_value = ''
                    then 'no agent'
                    else coalesce(users.full_name, 'unknown')
                end
            when found.scope_type = 'brand' and found.scope_value = ''
            then 'no brand'
            when found.scope_type = 'organization'
            then
                case
                    when found.scope_value = 'none'
                    then 'no organization'
                    else coalesce(organizations.organization_name, 'unknown')
                end
            else found.scope_value
        end as string
    ) as scope_name,
    cast(people.person_key as string) as person_key,
    cast({{ normalised_email("users.email") }} as string) as rep_email,
    cast(
        least({{ local_date("found.started_at") }}, events.first_date) as date
    ) as first_date
from found
left join events on found.scope_key = events.scope_key
left join
    {{ ref("int_helpdesk_groups") }} as groups
    on found.vendor = groups.vendor
    and found.scope_type = 'group'
    and found.scope_value = groups.group_id
left join
    {{ ref("int_helpdesk_users") }} as users
    on found.vendor = users.vendor
    and found.scope_type = 'agent'
    and found.scope_value = users.user_id
left join
    {{ ref("dim_people_records") }} as people
    on found.vendor = people.vendor
    and people.record_type = 'agent'
    and found.scope_type = 'agent'
    and found.scope_value = people.record_id
left join
    {{ ref("dim_organizations") }} as organizations
    on found.scope_type = 'organization'
    and found.scope_value = organizations.organization_key
