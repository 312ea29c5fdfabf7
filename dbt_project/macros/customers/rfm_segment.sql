-- K89: the segment of a customer's fifths of recency, frequency and amount.
{% macro rfm_segment(recency, frequency, monetary) -%}
    case
        when {{ recency }} >= 4 and {{ frequency }} >= 4
        then 'champion'
        when {{ recency }} = 3 and {{ frequency }} >= 4
        then 'loyal'
        when {{ recency }} >= 4 and {{ frequency }} >= 2
        then 'potential loyal'
        when {{ recency }} >= 4
        then 'new'
        when {{ recency }} = 3
        then 'needs attention'
        when {{ frequency }} >= 4 and {{ monetary }} >= 4
        then 'must not be lost'
        when {{ frequency }} >= 3
        then 'at risk'
        when {{ recency }} = 2
        then 'hibernating'
        else 'lost'
    end
{%- endmacro %}
