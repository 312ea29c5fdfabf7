-- Fails if a column of a contract has another type than its suffix promises.
-- Contracts are enforced when a model is built: the declared type is the built one.
{% set promises = [
    [
        "_id$|_key$|_name$|_type$|_status$|_code$|^vendor$|^currency$",
        ["string"],
    ],
    ["_at$", ["timestamp"]],
    ["_date$|(?<!day_of)_month$|_week$", ["date"]],
    ["_amount$|_amount_base$", ["decimal"]],
    ["(?<!conversion)_rate$|_share$|_score$", ["double"]],
    ["(?<!unit)_count$", ["bigint"]],
    ["^unit_count$|_unit_count$", ["bigint", "decimal"]],
    [
        "_days$|^days_|_minutes$|_seconds$",
        ["int", "bigint", "double", "decimal"],
    ],
    ["^is_|^has_|^was_", ["boolean"]],
] %}
{% set broken = [] %}
{% if execute %}
    {% for node in graph.nodes.values() if node.resource_type == "model" %}
        {% for column in node.columns.values() if column.data_type %}
            {% for pattern, types in promises if modules.re.search(pattern, column.name) %}
                {% if column.data_type.split("(")[0] | lower not in types %}
                    {% do broken.append([node.name, column.name, column.data_type]) %}
                {% endif %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
{% endif %}
{% for model_name, column_name, data_type in broken %}
    select
        '{{ model_name }}' as model_name,
        '{{ column_name }}' as column_name,
        '{{ data_type }}' as data_type
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
{% if not broken %}
    select cast(null as string) as model_name
    from (select 1 as one) as nothing
    where 1 = 0
{% endif %}
