-- An instant some milliseconds later; the engines multiply intervals differently.
{% macro plus_milliseconds(instant, milliseconds) %}
    {{- return(adapter.dispatch("plus_milliseconds")(instant, milliseconds)) -}}
{% endmacro %}
