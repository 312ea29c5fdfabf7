-- The schedule whose working hours count for a ticket: that of the group of its
-- creation (seed helpdesk_group_schedules), else the account's oldest.
-- Grain: one row per ticket_key; none where the vendor has no schedule.
with
    intervals as (select * from {{ ref("int_ticket_intervals") }}),
    groups as (select * from {{ ref("int_helpdesk_groups") }}),
    named as (select * from {{ ref("helpdesk_group_schedules") }}),
    schedules as (
        select vendor, schedule_id, max(schedule_name) as schedule_name
        from {{ ref("int_business_hours") }}
        group by vendor, schedule_id
    ),
    ranked as (
        select
            *,
            -- Ids are numbers that rise.
            row_number() over (
                partition by vendor
                order by length(schedule_id) asc nulls last, schedule_id asc nulls last
            ) as schedule_number
        from schedules
    ),
    of_groups as (
        select
            groups.vendor,
            groups.group_id,
            min(ranked.schedule_number) as schedule_number
        from groups
        inner join named on groups.group_name = named.group_name
        inner join
            ranked
            on groups.vendor = ranked.vendor
            and named.schedule_name = ranked.schedule_name
        group by groups.vendor, groups.group_id
    ),
    -- Whatever was set in the instant of the creation belongs to it.
    first_groups as (
        select
            statuses.ticket_key, statuses.vendor, statuses.ticket_id, groups.field_value
        from intervals as statuses
        left join
            intervals as groups
            on statuses.ticket_key = groups.ticket_key
            and groups.field_name = 'group'
            and statuses.started_at >= groups.started_at
            and statuses.started_at < groups.valid_to_at
        where statuses.field_name = 'status' and statuses.interval_number = 1
    )
select
    cast(first_groups.ticket_key as string) as ticket_key,
    cast(first_groups.vendor as string) as vendor,
    cast(first_groups.ticket_id as string) as ticket_id,
    cast(ranked.schedule_id as string) as schedule_id
from first_groups
left join
    of_groups
    on first_groups.vendor = of_groups.vendor
    and first_groups.field_value = of_groups.group_id
inner join
    ranked
    on first_groups.vendor = ranked.vendor
    and coalesce(of_groups.schedule_number, 1) = ranked.schedule_number
