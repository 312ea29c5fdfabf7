-- By how many hours a day of an ad account begins before the reporting day of the same
-- date: its zone minus the reporting zone at that day's noon (K42).
{% macro tz_shift_hours(activity_date, timezone_name) -%}
    {%- set noon = "cast(" ~ activity_date ~ " as timestamp) + interval '12' hour" -%}
    {%- set reporting_zone = "'" ~ env_var("REPORTING_TIMEZONE", "UTC") ~ "'" -%}
    (
        {{
            minutes_between(
                instant_of(noon, timezone_name), instant_of(noon, reporting_zone)
            )
        }} / 60
    )
{%- endmacro %}
