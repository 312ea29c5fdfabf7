-- How many hours a time zone is ahead of the reporting time zone at noon of its day.
{% macro zone_shift_hours(day, zone) %}
    {%- set noon -%}
        cast(cast({{ day }} as date) as timestamp) + interval 12 hour
    {%- endset -%}
    {%- set noon_at = utc_of_local(noon, zone) -%}
    {{- return(minutes_between(to_local_time(noon_at), noon) ~ " / 60") -}}
{% endmacro %}

-- The UTC instant of a wall-clock time in a time zone, both of them columns.
{% macro utc_of_local(local_time, zone) %}
    {{- return(adapter.dispatch("utc_of_local")(local_time, zone)) -}}
{% endmacro %}
