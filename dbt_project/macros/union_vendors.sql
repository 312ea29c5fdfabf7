-- The rows of stg_<vendor>__<entity> of every used vendor of the category (or of any of
-- a list of categories): exactly
-- the columns of the model's contract, cast to its types; `vendor` is written here.
-- A vendor that lacks a column fails with its own model's name. No vendor: no rows.
-- With known_at (an instant) or known_date (a day) rows that are later than as_of are
-- left out: a rerun for a past instant must not know them. Without a time a row stays.
{% macro union_vendors(entity, category, known_at=none, known_date=none) %}
    {% set vendors = vendors_of(category) %}
    {% set columns = model.columns.values() %}
    {% if execute and not columns %}
        {{
            exceptions.raise_compiler_error(
                model.name
                ~ " unions vendors and needs a contract: declare its columns."
            )
        }}
    {% endif %}
    {% for vendor in vendors %}
        {% set relation = ref("stg_" ~ vendor ~ "__" ~ entity) %}
        select
            {% for column in columns %}
                {% if column.name == "vendor" %}
                    cast('{{ vendor }}' as string) as vendor
                {% else %}
                    cast(
                        supplied.{{ column.name }} as {{ column.data_type }}
                    ) as {{ column.name }}
                {% endif %}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from {{ relation }} as supplied
        {% if known_at %}
            where coalesce(supplied.{{ known_at }}, {{ as_of() }}) <= {{ as_of() }}
        {% elif known_date %}
            where
                coalesce(supplied.{{ known_date }}, {{ as_of_date() }})
                <= {{ as_of_date() }}
        {% endif %}
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}
    {% if not vendors %}
        select
            {% for column in columns %}
                cast(null as {{ column.data_type }}) as {{ column.name }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from (select 1 as one) as nothing
        where 1 = 0
    {% endif %}
{% endmacro %}
