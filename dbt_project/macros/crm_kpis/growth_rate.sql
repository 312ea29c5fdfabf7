-- (current - prior) / prior; NULL when the prior value is 0, negative or unknown.
{% macro growth_rate(current_value, prior_value) -%}
    case
        when {{ prior_value }} > 0
        then {{ safe_ratio(current_value ~ " - " ~ prior_value, prior_value) }}
    end
{%- endmacro %}
