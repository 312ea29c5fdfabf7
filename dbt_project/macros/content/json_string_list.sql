-- The texts of a group as a JSON list, in order; NULL for none.
{% macro json_string_list(value, order_by=none) -%}
    '['
    || {{ ordered_list("'\"' || " ~ json_escaped(value) ~ " || '\"'", order_by) }}
    || ']'
{%- endmacro %}

-- A text as it stands between the quotes of JSON. 92 is the backslash, which the
-- engines' own literals read differently.
{% macro json_escaped(value) -%}
    replace(replace({{ value }}, chr(92), chr(92) || chr(92)), '"', chr(92) || '"')
{%- endmacro %}
