-- The run's clock. Models never ask the machine for the time, so that a rerun of the
-- same data gives the same numbers.
{% macro as_of_instant() %}
    {% set utc = modules.pytz.utc %}
    {% set text = env_var("AS_OF", "") %}
    {% if not text %} {{ return(run_started_at.astimezone(utc)) }} {% endif %}
    {% set instant = modules.datetime.datetime.fromisoformat(text) %}
    {% if text | length == 10 %}
        {% set zone = modules.pytz.timezone(env_var("REPORTING_TIMEZONE", "UTC")) %}
        {% set midnight = instant + modules.datetime.timedelta(days=1) %}
        {% set second = modules.datetime.timedelta(seconds=1) %}
        {{ return(zone.localize(midnight).astimezone(utc) - second) }}
    {% endif %}
    {% if instant.tzinfo is none %} {{ return(utc.localize(instant)) }} {% endif %}
    {{ return(instant.astimezone(utc)) }}
{% endmacro %}

{% macro as_of() %}
    {{-
        return(
            "cast('"
            ~ as_of_instant().strftime("%Y-%m-%d %H:%M:%S")
            ~ "' as timestamp)"
        )
    -}}
{% endmacro %}

{% macro as_of_date() %}
    {% set zone = modules.pytz.timezone(env_var("REPORTING_TIMEZONE", "UTC")) %}
    {% set day = as_of_instant().astimezone(zone) %}
    {{- return("cast('" ~ day.strftime("%Y-%m-%d") ~ "' as date)") -}}
{% endmacro %}
