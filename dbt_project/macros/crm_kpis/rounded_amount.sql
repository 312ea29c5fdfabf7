-- A double as money, half up to the cent. The engines round a double differently when
-- they cast it to decimal, so whole cents are counted first.
{% macro rounded_amount(value) -%}
    cast(
        cast(floor(({{ value }}) * 100 + 0.5) as bigint)
        * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    )
{%- endmacro %}
