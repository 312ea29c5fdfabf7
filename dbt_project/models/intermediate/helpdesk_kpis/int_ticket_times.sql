-- Every time of a ticket that K17 to K21 average, with the event that decides where it
-- counts. A time that has not ended is NULL.
-- Grain: one row per ticket_key, time_type and event_number.
{% set of_creation = ["first_reply"] %}
{% set of_first_solve = ["first_resolution"] %}
{% set of_full = [
    "full_resolution",
    "requester_wait",
    "agent_wait",
    "agent_work",
    "on_hold",
] %}
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    questions as (select * from {{ ref("int_ticket_reply_waits") }}),
    times as (
        {% for time in of_creation + of_first_solve + of_full %}
            select
                ticket_key,
                '{{ time }}' as time_type,
                '{{ "created" if time in of_creation else "first_solved" }}'
                as event_type,
                cast(1 as bigint) as event_number,
                -- A ticket that is open again has not been resolved in full.
                {% if time in of_full %}
                    case when is_solved then {{ time }}_minutes end as calendar_minutes,
                    case
                        when is_solved then {{ time }}_business_minutes
                    end as business_minutes
                {% else %}
                    {{ time }}_minutes as calendar_minutes,
                    {{ time }}_business_minutes as business_minutes
                {% endif %}
            from tickets
            {% if time not in of_creation %}
                where first_solved_at is not null
            {% endif %}
            union all
        {% endfor %}
        select
            ticket_key,
            'next_reply' as time_type,
            'asked' as event_type,
            question_number as event_number,
            reply_minutes as calendar_minutes,
            reply_business_minutes as business_minutes
        from questions
    )
select
    cast(ticket_key as string) as ticket_key,
    cast(time_type as string) as time_type,
    cast(event_type as string) as event_type,
    cast(event_number as bigint) as event_number,
    cast(calendar_minutes as double) as calendar_minutes,
    cast(business_minutes as double) as business_minutes
from times
