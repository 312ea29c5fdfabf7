-- Track events by name, whatever the casing ("order completed", "Order_Completed");
-- the list also names the spec's older spelling ("Completed Order").
{% macro is_track_event(names) -%}
    type = 'track'
    and replace(lower(trim(event)), '_', ' ') in (
        {%- for name in names %}
            '{{ name | lower }}' {%- if not loop.last %}, {% endif %}
        {%- endfor -%}
    )
{%- endmacro %}
