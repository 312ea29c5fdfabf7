-- No rows with the columns of an entity: the vendor has nothing of the kind.
{% macro typed_nothing(types_by_column) -%}
    select
        {% for column, type in types_by_column.items() %}
            cast(null as {{ type }}) as {{ column }}
            {%- if not loop.last %}, {% endif %}
        {% endfor %}
    from (select 1 as one) as nothing
    where 1 = 0
{%- endmacro %}
