-- Money in the reporting currency. Every converting model joins the daily rates on its
-- event's own day and its currency, and writes base_amount("amount", "currency",
-- "rates.rate_to_base"). A row without a rate keeps NULL and is listed in
-- int_unconverted_amounts.
-- The reporting currency as a text literal.
{% macro base_currency() -%}
    '{{ env_var("BASE_CURRENCY", "EUR") | upper }}'
{%- endmacro %}

-- decimal(18, s) times decimal(19, 12) stays within 38 digits on both engines. Money
-- that is in the reporting currency already is not multiplied: the wide product is
-- slow.
{% macro base_amount(amount, currency, rate, scale=2) -%}
    case
        when {{ currency }} = {{ base_currency() }}
        then cast({{ amount }} as decimal(18, {{ scale }}))
        else
            cast(
                cast({{ amount }} as decimal(18, {{ scale }}))
                * {{ rate }} as decimal(18, {{ scale }})
            )
    end
{%- endmacro %}
