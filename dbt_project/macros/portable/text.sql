-- Texts, lists and JSON: where the two engines need different words.
-- The values of a group as one ordered text; NULLs are left out, nothing gives NULL.
{% macro ordered_list(value, order_by=none, separator=", ", is_distinct=false) %}
    {% if is_distinct and order_by %}
        {{
            exceptions.raise_compiler_error(
                "ordered_list: a distinct list is ordered by its own values; "
                "leave order_by out."
            )
        }}
    {% endif %}
    {{-
        return(
            adapter.dispatch("ordered_list")(
                value, order_by, separator, is_distinct
            )
        )
    -}}
{% endmacro %}

-- The text at a path ('a.b') of a JSON column; NULL when absent or null.
{% macro json_text(json, path) %}
    {{- return(adapter.dispatch("json_text")(json, path)) -}}
{% endmacro %}

-- In a select list: one row per element of a JSON list, each element as text.
{% macro explode_json_list(json) %}
    {{- return(adapter.dispatch("explode_json_list")(json)) -}}
{% endmacro %}

-- In a select list: one row per part of a text, such as '12;34'.
{% macro explode_text(text, separator) %}
    {{- return(adapter.dispatch("explode_text")(text, separator)) -}}
{% endmacro %}

-- A text with its percent-encoding undone; as it was where that is no UTF-8.
{% macro url_decoded(text) %}
    {{- return(adapter.dispatch("url_decoded")(text)) -}}
{% endmacro %}
