-- Days, minutes and local time: the engines name, round and type these differently.
-- Whole days from the first to the second, negative when reversed.
{% macro days_between(start_date, end_date) %}
    {{- return(adapter.dispatch("days_between")(start_date, end_date)) -}}
{% endmacro %}

-- Minutes between two instants as a double; no rounding to whole minutes or hours.
{% macro minutes_between(start_at, end_at) %}
    {{- return(adapter.dispatch("minutes_between")(start_at, end_at)) -}}
{% endmacro %}

-- The wall-clock time in the reporting time zone of a UTC instant.
{% macro to_local_time(instant) %}
    {% set zone = env_var("REPORTING_TIMEZONE", "UTC") %}
    {% if zone == "UTC" %}
        {{- return("cast(" ~ instant ~ " as timestamp)") -}}
    {% endif %}
    {{- return(adapter.dispatch("to_local_time")(instant, zone)) -}}
{% endmacro %}

-- The wall-clock time of a UTC instant in a zone; the zone is an SQL expression.
{% macro local_time_in(instant, zone) %}
    {{- return(adapter.dispatch("local_time_in")(instant, zone)) -}}
{% endmacro %}

-- The calendar day in the reporting time zone of a UTC instant.
{% macro local_date(instant) -%}
    cast({{ to_local_time(instant) }} as date)
{%- endmacro %}

-- Monday 1 to Sunday 7.
{% macro iso_weekday(day) %}
    {{- return(adapter.dispatch("iso_weekday")(day)) -}}
{% endmacro %}

-- One row per day (calendar_date), both ends included; the ends are ISO texts.
{% macro date_spine(first_date, last_date) -%}
    {% set day_count = (
        modules.datetime.date.fromisoformat(last_date)
        - modules.datetime.date.fromisoformat(first_date)
    ).days + 1 %}
    select
        cast(
            cast('{{ first_date }}' as date) + cast(day as int) as date
        ) as calendar_date
    from range(0, {{ day_count }}) as days(day)
{%- endmacro %}
