-- A CTE `scoped`: the rows of another CTE once per scope that they count for. It needs
-- vendor, group_id, group_name, priority_type and channel_name there.
{% macro ticket_scopes(relation, columns) -%}
    {% set scopes = {
        "total": ["'total'", "'all'"],
        "group": ["'group:' || vendor || ':' || group_id", "group_name"],
        "priority": ["'priority:' || priority_type", "priority_type"],
        "channel": ["'channel:' || channel_name", "channel_name"],
    } %}
    scoped as (
        {% for scope_type, scope in scopes.items() %}
            select
                {% for column in columns %} {{ column }}, {% endfor %}
                '{{ scope_type }}' as scope_type,
                {{ scope[0] }} as scope_key,
                {{ scope[1] }} as scope_name
            from {{ relation }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
{%- endmacro %}
