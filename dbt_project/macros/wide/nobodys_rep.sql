-- The columns of row rules where no rep stands behind a row.
{% macro nobodys_rep() -%}
    cast(null as string) as rep_email, cast(null as string) as team_name
{%- endmacro %}
