-- Ratios as doubles, NULL when the denominator is 0 or unknown: never 0, never
-- infinity.
{% macro safe_ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}
