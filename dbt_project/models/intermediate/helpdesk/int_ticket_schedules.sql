-- Whose working hours count for a ticket from when to when: those of the group it is in
-- (seed helpdesk_group_schedules), else of the account's oldest schedule.
-- Grain: one row per ticket_key and schedule_number; neighbours differ. None where the
-- vendor has no schedule.
with
    intervals as (select * from {{ ref("int_ticket_intervals") }}),
    groups as (select * from {{ ref("int_helpdesk_groups") }}),
    named as (select * from {{ ref("helpdesk_group_schedules") }}),
    business as (select * from {{ ref("int_business_stretches") }}),
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
            ) as schedule_rank
        from schedules
    ),
    of_groups as (
        select
            groups.vendor, groups.group_id, min(ranked.schedule_rank) as schedule_rank
        from groups
        inner join named on groups.group_name = named.group_name
        inner join
            ranked
            on groups.vendor = ranked.vendor
            and named.schedule_name = ranked.schedule_name
        group by groups.vendor, groups.group_id
    ),
    -- A group that was left in the instant in which it was set never worked on it.
    held as (
        select
            intervals.ticket_key,
            intervals.vendor,
            intervals.ticket_id,
            intervals.started_at,
            ranked.schedule_id,
            lag(ranked.schedule_id) over (
                partition by intervals.ticket_key
                order by intervals.started_at asc nulls last
            ) as previous_schedule_id
        from intervals
        left join
            of_groups
            on intervals.vendor = of_groups.vendor
            and intervals.field_value = of_groups.group_id
        inner join
            ranked
            on intervals.vendor = ranked.vendor
            and coalesce(of_groups.schedule_rank, 1) = ranked.schedule_rank
        where
            intervals.field_name = 'group'
            and intervals.valid_to_at > intervals.started_at
    ),
    stays as (
        select *
        from held
        where previous_schedule_id is null or previous_schedule_id <> schedule_id
    ),
    -- What the next schedule's clock reads less than the one before at the change.
    switches as (
        select
            stays.ticket_key,
            stays.started_at,
            {{ business_minutes_until("left_clock", "stays.started_at") }}
            - {{ business_minutes_until("next_clock", "stays.started_at") }}
            as lag_minutes
        from stays
        inner join
            business as left_clock
            on {{
                is_in_business_stretch(
                    "left_clock",
                    "stays.vendor",
                    "stays.previous_schedule_id",
                    "stays.started_at",
                )
            }}
        inner join
            business as next_clock
            on {{
                is_in_business_stretch(
                    "next_clock",
                    "stays.vendor",
                    "stays.schedule_id",
                    "stays.started_at",
                )
            }}
    ),
    final as (
        select
            stays.*,
            row_number() over (
                partition by stays.ticket_key order by stays.started_at asc nulls last
            ) as schedule_number,
            sum(coalesce(switches.lag_minutes, 0)) over (
                partition by stays.ticket_key
                order by stays.started_at asc nulls last
                rows between unbounded preceding and current row
            ) as offset_minutes,
            lead(stays.started_at) over (
                partition by stays.ticket_key order by stays.started_at asc nulls last
            ) as ended_at
        from stays
        left join
            switches
            on stays.ticket_key = switches.ticket_key
            and stays.started_at = switches.started_at
    )
select
    cast(ticket_key as string) as ticket_key,
    cast(vendor as string) as vendor,
    cast(ticket_id as string) as ticket_id,
    cast(schedule_number as bigint) as schedule_number,
    cast(schedule_id as string) as schedule_id,
    ended_at is null as is_current,
    cast(offset_minutes as double) as offset_minutes,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at,
    -- A bound to join an instant on.
    cast(
        coalesce(ended_at, cast('9999-12-31' as timestamp)) as timestamp
    ) as valid_to_at
from final
