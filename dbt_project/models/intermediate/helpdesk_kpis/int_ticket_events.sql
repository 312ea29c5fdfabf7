-- The events that KPIs count, under each scope they count for: group, priority and
-- agent
-- that the ticket had then.
-- Grain: one row per ticket_key, event_type, event_number and scope_type.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    intervals as (select * from {{ ref("fct_ticket_intervals") }}),
    questions as (select * from {{ ref("int_ticket_reply_waits") }}),
    -- Nobody has a ticket when it is created: its creation counts for who got it first.
    first_agents as (
        select ticket_key, min_by(field_value, interval_number) as assignee_id
        from {{ ref("int_ticket_intervals") }}
        where field_name = 'assignee' and field_value <> '' and valid_to_at > started_at
        group by ticket_key
    ),
    events as (
        {% for event in ["created", "first_solved", "last_solved"] %}
            select
                ticket_key,
                '{{ event }}' as event_type,
                cast(1 as bigint) as event_number,
                {{ event }}_at as event_at
            from tickets
            where {{ event }}_at is not null
            union all
        {% endfor %}
        select
            ticket_key,
            'asked' as event_type,
            question_number as event_number,
            asked_at as event_at
        from questions
    ),
    placed as (
        select
            events.ticket_key,
            events.event_type,
            events.event_number,
            {{ local_date("events.event_at") }} as event_date,
            intervals.vendor,
            intervals.group_id,
            intervals.priority_type,
            tickets.channel_name,
            case
                when events.event_type = 'created'
                then coalesce(first_agents.assignee_id, '')
                else intervals.assignee_id
            end as assignee_id,
            coalesce(tickets.brand_id, '') as brand_id,
            coalesce(tickets.organization_key, 'none') as organization_key
        from events
        inner join tickets on events.ticket_key = tickets.ticket_key
        inner join
            intervals
            on events.ticket_key = intervals.ticket_key
            and events.event_at >= intervals.started_at
            and events.event_at
            < coalesce(intervals.ended_at, cast('9999-12-31' as timestamp))
        left join first_agents on events.ticket_key = first_agents.ticket_key
    ),
    {{
        ticket_scopes(
            "placed",
            ["ticket_key", "event_type", "event_number", "event_date"],
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
    }}
select
    cast(ticket_key as string) as ticket_key,
    cast(event_type as string) as event_type,
    cast(event_number as bigint) as event_number,
    cast(scope_type as string) as scope_type,
    cast(scope_key as string) as scope_key,
    cast(event_date as date) as event_date
from scoped
