-- Who was employed under each way of slicing the staff, once in each. Intervals are cut
-- again where somebody grows into the next age group or tenure band.
-- Grain: one row per (scope_type, person_key, valid_from_date); rows may lie ahead.
with
    intervals as (select * from {{ ref("int_employment_intervals") }}),
    spells as (select * from {{ ref("int_employment_spells") }}),
    age_groups as (select * from {{ ref("age_groups") }}),
    tenure_bands as (select * from {{ ref("tenure_bands") }}),
    births as (
        select records.person_key, max(employees.birth_date) as birth_date
        from {{ ref("int_employees") }} as employees
        inner join
            {{ ref("int_people_records") }} as records
            on employees.vendor = records.vendor
            and employees.employee_id = records.record_id
            and records.record_type = 'employee'
        group by records.person_key
    ),
    known as (
        select
            intervals.*,
            births.birth_date,
            spells.tenure_start_date,
            coalesce(spells.hire_source_name, 'not counted') as hire_source_name
        from intervals
        left join births on intervals.person_key = births.person_key
        left join
            spells
            on intervals.person_key = spells.person_key
            and intervals.spell_number = spells.spell_number
    ),
    cuts as (
        select 'age_group' as scope_type, person_key, valid_from_date as cut_date
        from known
        union
        select
            'age_group' as scope_type,
            known.person_key,
            {{ birthday("known.birth_date", "age_groups.first_age") }} as cut_date
        from known
        cross join age_groups
        where known.birth_date is not null
        union
        select 'tenure_band' as scope_type, person_key, valid_from_date as cut_date
        from known
        union
        select
            'tenure_band' as scope_type,
            known.person_key,
            known.tenure_start_date + tenure_bands.first_day as cut_date
        from known
        cross join tenure_bands
        where known.tenure_start_date is not null
    ),
    pieces as (
        select
            known.*,
            cuts.scope_type,
            cuts.cut_date,
            lead(cuts.cut_date) over (
                partition by cuts.scope_type, known.person_key, known.valid_from_date
                order by cuts.cut_date asc nulls last
            ) as next_cut_date
        from known
        inner join
            cuts
            on known.person_key = cuts.person_key
            and known.valid_from_date <= cuts.cut_date
            and known.valid_until_date > cuts.cut_date
    ),
    final as (
        {% for scope_type, scope_name in [
            ["total", "'all'"],
            ["department", "department_name"],
            ["location", "location_name"],
            ["manager", "coalesce(manager_person_key, 'no manager')"],
            ["employment_type", "contract_type"],
            ["job_title", "job_title"],
            ["hire_source", "hire_source_name"],
        ] %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                person_key,
                spell_number,
                is_counted,
                is_on_leave,
                valid_from_date,
                valid_until_date
            from known
            union all
        {% endfor %}
        select
            pieces.scope_type,
            case
                when pieces.scope_type = 'age_group'
                then coalesce(age_groups.age_group_name, 'unknown')
                when pieces.tenure_start_date is null
                then 'not counted'
                else coalesce(tenure_bands.tenure_band_name, 'unknown')
            end as scope_name,
            pieces.person_key,
            pieces.spell_number,
            pieces.is_counted,
            pieces.is_on_leave,
            pieces.cut_date as valid_from_date,
            coalesce(pieces.next_cut_date, pieces.valid_until_date) as valid_until_date
        from pieces
        left join
            age_groups
            on {{ age_in_years("pieces.birth_date", "pieces.cut_date") }}
            between age_groups.first_age and age_groups.last_age
            and pieces.scope_type = 'age_group'
        left join
            tenure_bands
            on {{ days_between("pieces.tenure_start_date", "pieces.cut_date") }}
            between tenure_bands.first_day and tenure_bands.last_day
            and pieces.scope_type = 'tenure_band'
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(person_key as string) as person_key,
    cast(spell_number as int) as spell_number,
    is_counted,
    is_on_leave,
    cast(valid_from_date as date) as valid_from_date,
    cast(valid_until_date as date) as valid_until_date
from final
