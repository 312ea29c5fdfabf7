-- How DuckDB writes what macros/portable promises (dbt's default forms).
{% macro default__days_between(start_date, end_date) -%}
    cast(
        date_diff(
            'day', cast({{ start_date }} as date), cast({{ end_date }} as date)
        ) as bigint
    )
{%- endmacro %}

{% macro default__minutes_between(start_at, end_at) -%}
    (cast(epoch_us({{ end_at }}) - epoch_us({{ start_at }}) as double) / 60000000)
{%- endmacro %}

{% macro default__to_local_time(instant, zone) -%}
    timezone('{{ zone }}', timezone('UTC', cast({{ instant }} as timestamp)))
{%- endmacro %}

{% macro default__local_time_in(instant, zone) -%}
    timezone({{ zone }}, timezone('UTC', cast({{ instant }} as timestamp)))
{%- endmacro %}

{% macro default__iso_weekday(day) -%} cast(isodow({{ day }}) as int) {%- endmacro %}

{% macro default__ordered_list(value, order_by, separator, is_distinct) -%}
    string_agg(
        {{ "distinct" if is_distinct }} cast({{ value }} as string),
        '{{ separator }}'
        order by
            {% if order_by %} {{ order_by }} asc nulls first,{% endif %}
            cast({{ value }} as string) asc nulls first
    )
{%- endmacro %}

{% macro default__json_text(json, path) -%}
    json_extract_string({{ json }}, '$.{{ path }}')
{%- endmacro %}

{% macro default__url_decoded(text) -%}
    coalesce(try(url_decode({{ text }})), {{ text }})
{%- endmacro %}

{% macro default__explode_json_list(json) -%}
    unnest(from_json({{ json }}, '["VARCHAR"]'))
{%- endmacro %}

{% macro default__explode_text(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}

-- A double holds the microseconds of our age exactly; text to decimal costs 16 us a
-- row.
{% macro default__loaded_at(load_id) -%}
    make_timestamp(cast(round(cast({{ load_id }} as double) * 1000000) as bigint))
{%- endmacro %}

{% macro default__plus_milliseconds(instant, milliseconds) -%}
    (
        cast({{ instant }} as timestamp)
        + to_milliseconds(cast({{ milliseconds }} as bigint))
    )
{%- endmacro %}

{% macro default__utc_of_local(local_time, zone) -%}
    timezone('UTC', timezone({{ zone }}, cast({{ local_time }} as timestamp)))
{%- endmacro %}
