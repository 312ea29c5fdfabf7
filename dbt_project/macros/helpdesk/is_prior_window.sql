-- The condition that finds what a period (int_periods) is compared with: the whole
-- month
-- before, or its first days where the period is not over (int_ticket_windows).
{% macro is_prior_window(period, window) -%}
    {{ period }}.period_type = {{ window }}.period_type
    and {{ period }}.prior_start_date = {{ window }}.window_start_date
    and {{ period }}.is_complete <> {{ window }}.is_partial
{%- endmacro %}
