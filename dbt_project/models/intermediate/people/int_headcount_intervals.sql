-- When somebody counted in the company, in a department and at a place.
-- Grain: one row per (scope_type, person_key, valid_from_date); rows may lie ahead.
with
    intervals as (select * from {{ ref("int_employment_intervals") }} where is_counted),
    final as (
        {% for scope_type, scope_name in [
            ["total", "'all'"],
            ["department", "department_name"],
            ["location", "location_name"],
        ] %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                person_key,
                spell_number,
                is_on_leave,
                valid_from_date,
                valid_until_date
            from intervals
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(person_key as string) as person_key,
    cast(spell_number as int) as spell_number,
    is_on_leave,
    cast(valid_from_date as date) as valid_from_date,
    cast(valid_until_date as date) as valid_until_date
from final
