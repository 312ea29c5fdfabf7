-- An instant some milliseconds later; the engines multiply intervals differently.
{% macro plus_milliseconds(instant, milliseconds) %}
    {{- return(adapter.dispatch("plus_milliseconds")(instant, milliseconds)) -}}
{% endmacro %}

{% macro default__plus_milliseconds(instant, milliseconds) -%}
    (
        cast({{ instant }} as timestamp)
        + to_milliseconds(cast({{ milliseconds }} as bigint))
    )
{%- endmacro %}

{% macro spark__plus_milliseconds(instant, milliseconds) -%}
    timestamp_millis(
        unix_millis(cast({{ instant }} as timestamp))
        + cast({{ milliseconds }} as bigint)
    )
{%- endmacro %}
