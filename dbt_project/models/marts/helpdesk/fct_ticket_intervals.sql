-- The life of tickets in stretches, in each of which status, group, assignee and
-- priority stayed as they were; the current one runs until as_of.
-- Grain: one row per ticket_key and interval_number.
with
    values_held as (select * from {{ ref("int_ticket_intervals") }}),
    schedules as (select * from {{ ref("int_ticket_schedules") }}),
    groups as (select * from {{ ref("int_helpdesk_groups") }}),
    business as (select * from {{ ref("int_business_stretches") }}),
    starts as (
        select ticket_key, vendor, ticket_id, started_at
        from values_held
        group by ticket_key, vendor, ticket_id, started_at
    ),
    stretches as (
        select
            *,
            row_number() over (
                partition by ticket_key order by started_at asc nulls last
            ) as interval_number,
            lead(started_at) over (
                partition by ticket_key order by started_at asc nulls last
            ) as ended_at
        from starts
    ),
    -- How often a ticket had been done by each of its statuses: one number for all
    -- statuses of one time of waiting.
    statuses as (
        select
            *,
            sum(case when field_value in ('solved', 'closed') then 1 else 0 end) over (
                partition by ticket_key
                order by interval_number asc nulls last
                rows between unbounded preceding and current row
            ) as done_count
        from values_held
        where field_name = 'status'
    ),
    open_statuses as (
        select
            *,
            min(
                case when field_value not in ('solved', 'closed') then started_at end
            ) over (partition by ticket_key, done_count) as open_since_at
        from statuses
    ),
    valued as (
        select
            stretches.ticket_key,
            stretches.vendor,
            stretches.ticket_id,
            stretches.interval_number,
            stretches.started_at,
            stretches.ended_at,
            coalesce(stretches.ended_at, {{ as_of() }}) as until_at,
            {% for field in ["status", "group", "assignee", "priority"] %}
                max(
                    case
                        when values_held.field_name = '{{ field }}'
                        then values_held.field_value
                    end
                ) as {{ field }}_value,
            {% endfor %}
            max(
                case
                    when values_held.field_name = 'status'
                    then values_held.interval_number
                end
            ) as status_number
        from stretches
        inner join
            values_held
            on stretches.ticket_key = values_held.ticket_key
            and stretches.started_at >= values_held.started_at
            and stretches.started_at < values_held.valid_to_at
        group by
            stretches.ticket_key,
            stretches.vendor,
            stretches.ticket_id,
            stretches.interval_number,
            stretches.started_at,
            stretches.ended_at
    ),
    scheduled as (
        select valued.*, schedules.schedule_id
        from valued
        -- A change of the schedule is one of the group: it never falls within a
        -- stretch.
        left join
            schedules
            on {{
                is_in_ticket_schedule(
                    "schedules", "valued.ticket_key", "valued.started_at"
                )
            }}
    ),
    final as (
        select
            scheduled.*,
            groups.group_name,
            case
                when scheduled.status_value not in ('solved', 'closed')
                then open_statuses.open_since_at
            end as open_since_at,
            {{ minutes_between("scheduled.started_at", "scheduled.until_at") }}
            as calendar_minutes,
            {{ business_minutes_until("closing", "scheduled.until_at") }}
            - {{ business_minutes_until("opening", "scheduled.started_at") }}
            as business_minutes
        from scheduled
        inner join
            open_statuses
            on scheduled.ticket_key = open_statuses.ticket_key
            and scheduled.status_number = open_statuses.interval_number
        left join
            groups
            on scheduled.vendor = groups.vendor
            and scheduled.group_value = groups.group_id
        left join
            business as opening
            on {{
                is_in_business_stretch(
                    "opening",
                    "scheduled.vendor",
                    "scheduled.schedule_id",
                    "scheduled.started_at",
                )
            }}
        left join
            business as closing
            on {{
                is_in_business_stretch(
                    "closing",
                    "scheduled.vendor",
                    "scheduled.schedule_id",
                    "scheduled.until_at",
                )
            }}
    )
select
    cast(ticket_key as string) as ticket_key,
    cast(vendor as string) as vendor,
    cast(ticket_id as string) as ticket_id,
    cast(interval_number as bigint) as interval_number,
    cast(status_value as string) as status_type,
    cast(group_value as string) as group_id,
    cast(
        case
            when group_value = '' then 'no group' else coalesce(group_name, 'unknown')
        end as string
    ) as group_name,
    cast(assignee_value as string) as assignee_id,
    cast(schedule_id as string) as schedule_id,
    cast(
        case when priority_value = '' then 'none' else priority_value end as string
    ) as priority_type,
    cast(status_number as bigint) as status_number,
    status_value not in ('solved', 'closed') as is_open,
    ended_at is null as is_current,
    cast(calendar_minutes as double) as calendar_minutes,
    cast(business_minutes as double) as business_minutes,
    cast(open_since_at as timestamp) as open_since_at,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at
from final
