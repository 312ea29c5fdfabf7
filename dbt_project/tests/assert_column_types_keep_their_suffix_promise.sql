-- Fails if a column of a contract has another type than its suffix promises.
-- Contracts are enforced when a model is built: the declared type is the built one.
-- The first pattern that fits a name decides.
{% set promises = [
    ["^is_|^has_|^was_", ["boolean"]],
    [
        "_id$|_key$|_name$|_type$|_status$|_code$|^vendor$|^currency$",
        ["string"],
    ],
    ["_at$", ["timestamp"]],
    [
        "_(day_of_month|to_date)$|^day_of_month$",
        ["int", "bigint", "double", "decimal"],
    ],
    ["_date$|_month$|_week$", ["date"]],
    ["_amount$|_amount_base$", ["decimal"]],
    ["(?<!conversion)_rate$|_share$|_score$", ["double"]],
    ["unit_count$", ["decimal"]],
    ["conversion_count$", ["double"]],
    ["_count$", ["bigint"]],
    [
        "_days$|^days_|_minutes$|_seconds$",
        ["int", "bigint", "double", "decimal"],
    ],
] %}
{% set broken = [] %}
{% if execute %}
    {% for node in graph.nodes.values() if node.resource_type == "model" %}
        {% for column in node.columns.values() if column.data_type %}
            {% set type = column.data_type.split("(")[0] | trim | lower %}
            {% set fitting = [] %}
            {% for pattern, types in promises if modules.re.search(pattern, column.name) %}
                {% do fitting.append(types) %}
            {% endfor %}
            {% if fitting and type not in fitting[0] %}
                {% do broken.append([node.name, column.name, type]) %}
            {% endif %}
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
