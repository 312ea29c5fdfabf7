-- What the first parts of a whole hold of an amount, in whole cents; all parts hold the
-- amount itself, to its last digit. The difference of two readings is a part, so that
-- parts add up to the amount.
{% macro running_share(amount, part, whole) -%}
    case
        when {{ part }} >= {{ whole }}
        then cast({{ amount }} as decimal(28, 6))
        else
            cast(
                cast(
                    floor(
                        cast(
                            floor(cast({{ amount }} as decimal(28, 6)) * 100) as double
                        )
                        * cast({{ part }} as double)
                        / cast({{ whole }} as double)
                    ) as bigint
                )
                * cast(0.01 as decimal(3, 2)) as decimal(28, 6)
            )
    end
{%- endmacro %}
