-- A ratio is a double; a denominator of 0 gives NULL, never 0 and never infinity.
{% macro safe_ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}
