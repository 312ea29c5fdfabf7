-- How many records completed loads brought into a raw table, as a scalar.
{% macro loaded_count(vendor, table, counted="distinct id", condition="1 = 1") -%}
    (
        select count({{ counted }})
        from {{ source(vendor, table) }}
        where {{ completed_loads(vendor) }} and {{ condition }}
    )
{%- endmacro %}

-- How many records a staging model shows, as a scalar.
{% macro staged_count(vendor, entity) -%}
    (select count(*) from {{ ref("stg_" ~ vendor ~ "__" ~ entity) }})
{%- endmacro %}

-- Selects the differences between what was loaded and what is staged; for the tests
-- assert_<vendor>_records_reach_staging. Each of the counts is [name, loaded, staged].
{% macro lost_records(counts) %}
    with
        counts as (
            {% for name, loaded, staged in counts %}
                select
                    '{{ name }}' as table_name,
                    {{ loaded }} as loaded_count,
                    {{ staged }} as staged_count
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}
        )
    select table_name, loaded_count, staged_count
    from counts
    where loaded_count <> staged_count
{% endmacro %}
