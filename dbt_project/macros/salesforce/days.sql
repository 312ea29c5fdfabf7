-- Salesforce's days and ids, as timestamps and texts that others can join.
-- Noon of a calendar day in the reporting time zone, as a UTC instant: what a day
-- without a time stands for. Its local day is that day, whatever the zone.
{% macro noon_of(day) -%}
    {%- set noon = "(cast(" ~ day ~ " as timestamp) + interval 12 hour)" -%}
    {{
        plus_milliseconds(
            noon,
            "60000 * " ~ minutes_between(to_local_time(noon) | trim, noon) | trim,
        )
    }}
{%- endmacro %}

-- The id of 18 characters of an id of 15: three more say which letters are capital.
{% macro long_id(id) -%}
    case
        when length({{ id }}) = 15
        then
            {{ id }}
            {%- for start in [1, 6, 11] %}
                || substr(
                    'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
                    1
                    {%- for place in range(5) %}
                        + case
                            when
                                substr({{ id }}, {{ start + place }}, 1)
                                between 'A' and 'Z'
                            then {{ 2**place }}
                            else 0
                        end
                    {%- endfor %},
                    1
                )
            {%- endfor %}
        else {{ id }}
    end
{%- endmacro %}
