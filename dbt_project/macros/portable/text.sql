-- Texts, lists and JSON: where the two engines need different words.
-- The values of a group as one text, ordered and without NULLs; NULL when there are
-- none.
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

{% macro default__ordered_list(value, order_by, separator, is_distinct) -%}
    string_agg(
        {{ "distinct" if is_distinct }} cast({{ value }} as string),
        '{{ separator }}'
        order by
            {% if order_by %} {{ order_by }} asc nulls first,{% endif %}
            cast({{ value }} as string) asc nulls first
    )
{%- endmacro %}

{% macro spark__ordered_list(value, order_by, separator, is_distinct) -%}
    nullif(
        array_join(
            {% if order_by %}
                transform(
                    sort_array(
                        collect_list(
                            named_struct(
                                'position',
                                {{ order_by }},
                                'item',
                                cast({{ value }} as string)
                            )
                        ) filter (where {{ value }} is not null)
                    ),
                    pair -> pair.item
                )
            {% else %}
                sort_array(
                    {{ "collect_set" if is_distinct else "collect_list" }} (
                        cast({{ value }} as string)
                    )
                )
            {% endif %},
            '{{ separator }}'
        ),
        ''
    )
{%- endmacro %}

-- The text at a path ('a.b') of a JSON column; NULL when absent or null.
{% macro json_text(json, path) %}
    {{- return(adapter.dispatch("json_text")(json, path)) -}}
{% endmacro %}

{% macro default__json_text(json, path) -%}
    json_extract_string({{ json }}, '$."{{ path.split('.') | join(' "." ') }}"')
{%- endmacro %}

{% macro spark__json_text(json, path) -%}
    get_json_object({{ json }}, '$.{{ path }}')
{%- endmacro %}

-- In a select list: one row per element of a JSON list, each element as text.
{% macro explode_json_list(json) %}
    {{- return(adapter.dispatch("explode_json_list")(json)) -}}
{% endmacro %}

{% macro default__explode_json_list(json) -%}
    unnest(from_json({{ json }}, '["VARCHAR"]'))
{%- endmacro %}

{% macro spark__explode_json_list(json) -%}
    explode(from_json({{ json }}, 'array<string>'))
{%- endmacro %}

-- In a select list: one row per part of a text, such as '12;34'.
{% macro explode_text(text, separator) %}
    {{- return(adapter.dispatch("explode_text")(text, separator)) -}}
{% endmacro %}

{% macro default__explode_text(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}

{% macro spark__explode_text(text, separator) -%}
    explode(split({{ text }}, '[{{ separator }}]'))
{%- endmacro %}
