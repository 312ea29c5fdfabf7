-- Minutes that a schedule has been open until an instant, since its first known day.
-- The stretch is the row of int_business_stretches that contains the instant.
{% macro business_minutes_until(stretch, instant) %}
    {{-
        return(
            "("
            ~ stretch
            ~ ".minutes_before + least("
            ~ minutes_between(stretch ~ ".started_at", instant)
            ~ ", "
            ~ stretch
            ~ ".open_minutes))"
        )
    -}}
{% endmacro %}

-- The condition that finds this row: two equalities and the place within the day.
{% macro is_in_business_stretch(stretch, vendor, schedule_id, instant) -%}
    {{ vendor }} = {{ stretch }}.vendor
    and {{ schedule_id }} = {{ stretch }}.schedule_id
    and cast({{ instant }} as date) = {{ stretch }}.utc_date
    and {{ instant }} >= {{ stretch }}.started_at
    and {{ instant }} < {{ stretch }}.ended_at
{%- endmacro %}
