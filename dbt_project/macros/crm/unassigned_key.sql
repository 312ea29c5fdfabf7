-- The key of a dimension's member `unassigned`: what a missing reference points to.
{% macro unassigned_key() -%} {{ surrogate_key(["'none'", "''"]) }} {%- endmacro %}
