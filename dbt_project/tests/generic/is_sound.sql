-- Every check of a model in one query and one node: a node costs more than its SQL.
-- Returns one row per failed check: its name and how many rows (or keys) fail it.
{% test is_sound(
    model,
    primary_key,
    not_null=[],
    foreign_keys=[],
    accepted_values={},
    conditions={}
) %}
    {% set key = primary_key | join(", ") %}
    {% set row_checks = {} %}
    {% for column in primary_key + not_null %}
        {% do row_checks.update({column ~ " is null": column ~ " is null"}) %}
    {% endfor %}
    {% for column, values in accepted_values.items() %}
        {% do row_checks.update(
            {
                column ~ " has another value": column ~ " not in ('" ~ values
                | join("', '") ~ "')"
            }
        ) %}
    {% endfor %}
    {% for name, condition in conditions.items() %}
        {% do row_checks.update({name: "not (" ~ condition ~ ")"}) %}
    {% endfor %}
    with
        row_failures as (
            select
                {% for failure in row_checks.values() %}
                    sum(
                        case when {{ failure }} then 1 else 0 end
                    ) as failure_{{ loop.index }}
                    {%- if not loop.last %}, {% endif %}
                {% endfor %}
            from {{ model }}
        ),
        checks as (
            select
                '{{ key }} is not unique' as check_name,
                cast(count(*) as bigint) as failing_count
            from
                (
                    select {{ key }}
                    from {{ model }}
                    group by {{ key }}
                    having count(*) > 1
                ) as repeated
            {% for name in row_checks %}
                union all
                select
                    '{{ name }}' as check_name,
                    cast(
                        coalesce(failure_{{ loop.index }}, 0) as bigint
                    ) as failing_count
                from row_failures
            {% endfor %}
            {% for foreign_key in foreign_keys %}
                    {% set field = foreign_key.field or foreign_key.column %}
                union all
                select
                    '{{ foreign_key.column }} is not in {{ foreign_key.to.identifier }}'
                    as check_name,
                    cast(count(*) as bigint) as failing_count
                from {{ model }} as child
                left join
                    {{ foreign_key.to }} as parent
                    on child.{{ foreign_key.column }} = parent.{{ field }}
                where
                    child.{{ foreign_key.column }} is not null
                    and parent.{{ field }} is null
            {% endfor %}
        )
    select check_name, failing_count
    from checks
    where failing_count > 0
{% endtest %}
