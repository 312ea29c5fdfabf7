-- What Zendesk itself computes of a ticket: durations in minutes, counts.
-- Grain: one row per ticket id. For comparison: the KPIs compute theirs from events.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    tickets as (
        {{ newest_rows("zendesk", "tickets", newest_by="generated_timestamp") }}
    )
select
    cast(id as string) as ticket_id,
    {% for name in ["reopens", "replies", "group_stations", "assignee_stations"] %}
        cast(metric_set_{{ name }} as bigint) as {{ name }}_count,
    {% endfor %}
    {% for name in [
        "reply_time",
        "first_resolution_time",
        "full_resolution_time",
        "agent_wait_time",
        "requester_wait_time",
        "on_hold_time",
    ] %}
        {% for clock in ["calendar", "business"] %}
            cast(
                metric_set_{{ name }}_in_minutes_{{ clock }} as bigint
            ) as {{ name }}_{{ clock }}_minutes,
        {% endfor %}
    {% endfor %}
    cast(metric_set_solved_at as timestamp) as solved_at,
    {{ loaded_at() }} as _loaded_at
from tickets
