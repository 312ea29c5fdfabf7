-- Minutes that a schedule has been open until an instant, since its first known day.
-- The stretch is the row of int_business_stretches that contains the instant.
{% macro business_minutes_until(stretch, instant) %}
    {{-
        return(
            "("
            ~ stretch
            ~ ".minutes_before + least("
            ~ minutes_between(stretch ~ ".started_at", instant)
            ~ ", "
            ~ stretch
            ~ ".open_minutes))"
        )
    -}}
{% endmacro %}

-- The condition that finds this row: two equalities and the place within the day.
{% macro is_in_business_stretch(stretch, vendor, schedule_id, instant) -%}
    {{ vendor }} = {{ stretch }}.vendor
    and {{ schedule_id }} = {{ stretch }}.schedule_id
    and cast({{ instant }} as date) = {{ stretch }}.utc_date
    and {{ instant }} >= {{ stretch }}.started_at
    and {{ instant }} < {{ stretch }}.ended_at
{%- endmacro %}

-- Open minutes of a ticket until an instant, over all schedules it had: two readings of
-- one ticket can be subtracted although its schedule changed between them.
{% macro ticket_business_minutes_until(schedule, stretch, instant) %}
    {{-
        return(
            "("
            ~ schedule
            ~ ".offset_minutes + "
            ~ business_minutes_until(stretch, instant)
            ~ ")"
        )
    -}}
{% endmacro %}

-- The condition that finds the schedule a ticket had at an instant.
{% macro is_in_ticket_schedule(schedule, ticket_key, instant) -%}
    {{ ticket_key }} = {{ schedule }}.ticket_key
    and {{ instant }} >= {{ schedule }}.started_at
    and {{ instant }} < {{ schedule }}.valid_to_at
{%- endmacro %}
