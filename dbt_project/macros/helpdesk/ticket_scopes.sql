-- A CTE `scoped`: the rows of another CTE once per scope that they count for. It needs
-- vendor and the columns of the scope types there; int_ticket_scopes names the scopes.
{% macro ticket_scopes(relation, columns, scope_types) -%}
    {% set scopes = {
        "total": ["'total'", "'all'"],
        "group": ["'group:' || vendor || ':' || group_id", "group_id"],
        "priority": ["'priority:' || priority_type", "priority_type"],
        "channel": ["'channel:' || channel_name", "channel_name"],
        "agent": ["'agent:' || vendor || ':' || assignee_id", "assignee_id"],
        "brand": ["'brand:' || vendor || ':' || brand_id", "brand_id"],
        "organization": [
            "'organization:' || organization_key",
            "organization_key",
        ],
    } %}
    scoped as (
        {% for scope_type in scope_types %}
            select
                {% for column in columns %} {{ column }}, {% endfor %}
                '{{ scope_type }}' as scope_type,
                {{ scopes[scope_type][0] }} as scope_key,
                {{ scopes[scope_type][1] }} as scope_value
            from {{ relation }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
{%- endmacro %}
