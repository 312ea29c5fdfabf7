-- The month and year of a row's day, in both calendars.
{% macro calendar_columns(days, prefix="") -%}
    {% for column in [
        "calendar_month",
        "month_name",
        "year_number",
        "jalali_month",
        "jalali_month_name_en",
        "jalali_month_name_fa",
        "jalali_year",
    ] -%}
        {{ days }}.{{ column }}
        {%- if prefix %} as {{ prefix }}{{ column }} {%- endif -%}
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
{%- endmacro %}
