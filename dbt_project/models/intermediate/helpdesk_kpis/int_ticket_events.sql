-- The events that KPIs count, under each scope they count for: the group and the
-- priority that the ticket had then.
-- Grain: one row per ticket_key, event_type, event_number and scope_type.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    intervals as (select * from {{ ref("fct_ticket_intervals") }}),
    questions as (select * from {{ ref("int_ticket_reply_waits") }}),
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
            events.*,
            intervals.vendor,
            intervals.group_id,
            intervals.group_name,
            intervals.priority_type,
            tickets.channel_name
        from events
        inner join tickets on events.ticket_key = tickets.ticket_key
        inner join
            intervals
            on events.ticket_key = intervals.ticket_key
            and events.event_at >= intervals.started_at
            and events.event_at
            < coalesce(intervals.ended_at, cast('9999-12-31' as timestamp))
    ),
    {{
        ticket_scopes(
            "placed",
            ["ticket_key", "event_type", "event_number", "event_at"],
        )
    }}
select
    cast(ticket_key as string) as ticket_key,
    cast(event_type as string) as event_type,
    cast(event_number as bigint) as event_number,
    cast(scope_type as string) as scope_type,
    cast(scope_key as string) as scope_key,
    cast(scope_name as string) as scope_name,
    cast({{ local_date("event_at") }} as date) as event_date,
    cast(event_at as timestamp) as event_at
from scoped
