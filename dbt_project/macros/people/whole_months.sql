-- Months of the calendar completed from one day to another: from 31 January one is
-- complete on the last day of February. Negative before the first day.
{% macro whole_months(start_date, end_date) -%}
    (
        (year({{ end_date }}) - year({{ start_date }})) * 12
        + month({{ end_date }})
        - month({{ start_date }})
        - case
            when
                day({{ end_date }}) < day({{ start_date }})
                and day({{ end_date }}) < day(last_day({{ end_date }}))
            then 1
            else 0
        end
    )
{%- endmacro %}
