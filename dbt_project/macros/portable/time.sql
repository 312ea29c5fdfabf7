-- Days, minutes and local time: DuckDB and Spark name, round and type these
-- differently.
-- Whole days from the first to the second day (or instant), negative when it is
-- earlier.
{% macro days_between(start_date, end_date) %}
    {{- return(adapter.dispatch("days_between")(start_date, end_date)) -}}
{% endmacro %}

{% macro default__days_between(start_date, end_date) -%}
    cast(
        date_diff(
            'day', cast({{ start_date }} as date), cast({{ end_date }} as date)
        ) as bigint
    )
{%- endmacro %}

{% macro spark__days_between(start_date, end_date) -%}
    cast(
        datediff(cast({{ end_date }} as date), cast({{ start_date }} as date)) as bigint
    )
{%- endmacro %}

-- Minutes between two instants as a double; no rounding to whole minutes or hours.
{% macro minutes_between(start_at, end_at) %}
    {{- return(adapter.dispatch("minutes_between")(start_at, end_at)) -}}
{% endmacro %}

{% macro default__minutes_between(start_at, end_at) -%}
    (cast(epoch_us({{ end_at }}) - epoch_us({{ start_at }}) as double) / 60000000)
{%- endmacro %}

{% macro spark__minutes_between(start_at, end_at) -%}
    (cast(unix_micros({{ end_at }}) - unix_micros({{ start_at }}) as double) / 60000000)
{%- endmacro %}

-- The wall-clock time in the reporting time zone of a UTC instant.
{% macro to_local_time(instant) %}
    {% set zone = env_var("REPORTING_TIMEZONE", "UTC") %}
    {% if zone == "UTC" %}
        {{- return("cast(" ~ instant ~ " as timestamp)") -}}
    {% endif %}
    {{- return(adapter.dispatch("to_local_time")(instant, zone)) -}}
{% endmacro %}

{% macro default__to_local_time(instant, zone) -%}
    timezone('{{ zone }}', timezone('UTC', cast({{ instant }} as timestamp)))
{%- endmacro %}

{% macro spark__to_local_time(instant, zone) -%}
    from_utc_timestamp(cast({{ instant }} as timestamp), '{{ zone }}')
{%- endmacro %}

-- The calendar day in the reporting time zone of a UTC instant.
{% macro local_date(instant) -%}
    cast({{ to_local_time(instant) }} as date)
{%- endmacro %}

-- Monday 1 to Sunday 7.
{% macro iso_weekday(day) %}
    {{- return(adapter.dispatch("iso_weekday")(day)) -}}
{% endmacro %}

{% macro default__iso_weekday(day) -%} cast(isodow({{ day }}) as int) {%- endmacro %}

{% macro spark__iso_weekday(day) -%} cast(weekday({{ day }}) + 1 as int) {%- endmacro %}

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
