-- What falls on the n-th of some days of an amount that is spread evenly over them, in
-- whole cents: the days' shares add up to the amount, to the cent.
{% macro daily_share(amount, day_number, day_count) -%}
    {%- set cents -%}
        cast(cast({{ amount }} as decimal(18, 2)) * 100 as bigint)
    {%- endset -%}
    cast(
        cast(
            floor({{ cents }} * {{ day_number }} / {{ day_count }})
            - floor({{ cents }} * ({{ day_number }} - 1) / {{ day_count }}) as bigint
        )
        * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    )
{%- endmacro %}
