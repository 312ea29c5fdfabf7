-- The day on which somebody completes so many years; who was born on 29 February does
-- so on 1 March of a year without that day, as age_in_years has it.
{% macro birthday(birth_date, years) -%}
    case
        when month({{ birth_date }}) = 2 and day({{ birth_date }}) = 29
        then
            cast(
                cast(year({{ birth_date }}) + {{ years }} as string) || '-02-28' as date
            )
            + 1
        else
            cast(
                cast(year({{ birth_date }}) + {{ years }} as string)
                || substr(cast({{ birth_date }} as string), 5) as date
            )
    end
{%- endmacro %}
