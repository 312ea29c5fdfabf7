-- Platforms restate their figures for so many days (convention 6, Google and Meta).
{% macro ad_finality_days() -%} {{ var("ad_finality_days", 28) }} {%- endmacro %}
