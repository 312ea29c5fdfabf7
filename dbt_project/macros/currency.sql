-- Money in the reporting currency. Every converting model joins the daily rates on its
-- event's own day and its currency, and writes base_amount("amount", "currency",
-- "rates.rate_to_base"). A row without a rate keeps NULL and is listed in
-- int_unconverted_amounts.
-- The reporting currency as a text literal.
{% macro base_currency() -%}
    '{{ env_var("BASE_CURRENCY", "EUR") | upper }}'
{%- endmacro %}

-- The rate of a row: 1 for the reporting currency itself, else the joined daily rate.
{% macro base_rate(currency, rate) -%}
    case
        when {{ currency }} = {{ base_currency() }}
        then cast(1 as decimal(19, 12))
        else {{ rate }}
    end
{%- endmacro %}

-- decimal(18, s) times decimal(19, 12) stays within 38 digits on both engines.
{% macro base_amount(amount, currency, rate, scale=2) -%}
    cast(
        cast({{ amount }} as decimal(18, {{ scale }}))
        * {{ base_rate(currency, rate) }} as decimal(18, {{ scale }})
    )
{%- endmacro %}
