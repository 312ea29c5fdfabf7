-- Whether visits by a channel group, or its reach, were paid for.
{% macro is_paid_channel(channel_group_name) -%}
    (
        {{ channel_group_name }} like 'paid%'
        or {{ channel_group_name }}
        in ('display', 'cross_network', 'affiliates', 'audio', 'offline_media')
    )
{%- endmacro %}
