-- Completed years from a birth date to a day.
{% macro age_in_years(birth_date, day) -%}
    (
        year({{ day }})
        - year({{ birth_date }})
        - case
            when
                month({{ day }}) * 100 + day({{ day }})
                < month({{ birth_date }}) * 100 + day({{ birth_date }})
            then 1
            else 0
        end
    )
{%- endmacro %}
