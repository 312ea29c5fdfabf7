-- md5 of the parts joined by '-': the vendor, then its natural key. NULL when a part
-- is NULL, so that a missing reference stays missing.
{% macro surrogate_key(parts) -%}
    md5(
        {%- for part in parts %}
            cast({{ part }} as string) {%- if not loop.last %} || '-' || {% endif %}
        {%- endfor -%}
    )
{%- endmacro %}
