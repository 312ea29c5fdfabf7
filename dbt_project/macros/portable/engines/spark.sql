-- How Spark writes what macros/portable promises.
{% macro spark__days_between(start_date, end_date) -%}
    cast(
        datediff(cast({{ end_date }} as date), cast({{ start_date }} as date)) as bigint
    )
{%- endmacro %}

{% macro spark__minutes_between(start_at, end_at) -%}
    (cast(unix_micros({{ end_at }}) - unix_micros({{ start_at }}) as double) / 60000000)
{%- endmacro %}

{% macro spark__to_local_time(instant, zone) -%}
    from_utc_timestamp(cast({{ instant }} as timestamp), '{{ zone }}')
{%- endmacro %}

{% macro spark__local_time_in(instant, zone) -%}
    from_utc_timestamp(cast({{ instant }} as timestamp), {{ zone }})
{%- endmacro %}

{% macro spark__iso_weekday(day) -%} cast(weekday({{ day }}) + 1 as int) {%- endmacro %}

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

{% macro spark__json_text(json, path) -%}
    get_json_object({{ json }}, '$.{{ path }}')
{%- endmacro %}

{% macro spark__url_decoded(text) -%}
    coalesce(try_url_decode({{ text }}), {{ text }})
{%- endmacro %}

{% macro spark__explode_json_list(json) -%}
    explode(from_json({{ json }}, 'array<string>'))
{%- endmacro %}

{% macro spark__explode_text(text, separator) -%}
    explode(split({{ text }}, '[{{ separator }}]'))
{%- endmacro %}

{% macro spark__loaded_at(load_id) -%}
    timestamp_micros(cast(cast({{ load_id }} as decimal(20, 6)) * 1000000 as bigint))
{%- endmacro %}

{% macro spark__plus_milliseconds(instant, milliseconds) -%}
    timestamp_millis(
        unix_millis(cast({{ instant }} as timestamp))
        + cast({{ milliseconds }} as bigint)
    )
{%- endmacro %}

{% macro spark__utc_of_local(local_time, zone) -%}
    to_utc_timestamp(cast({{ local_time }} as timestamp), {{ zone }})
{%- endmacro %}
