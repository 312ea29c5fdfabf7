-- An e-mail address as it is compared: lower case, no blanks; NULL where it is none.
{% macro normalised_email(email) -%}
    case
        when trim({{ email }}) like '%_@_%._%' and trim({{ email }}) not like '% %'
        then lower(trim({{ email }}))
    end
{%- endmacro %}
