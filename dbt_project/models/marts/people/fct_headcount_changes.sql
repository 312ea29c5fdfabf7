-- Everything that changes a headcount: hires, separations, and transfers between
-- departments, places and the like. Age groups and tenure bands are left by time.
-- Grain: one row per (scope_type, person_key, change_date, change_type), none ahead.
with
    intervals as (select * from {{ ref("int_headcount_intervals") }}),
    spells as (select * from {{ ref("fct_employment_spells") }}),
    neighbours as (
        select
            *,
            lag(spell_number) over (
                partition by scope_type, person_key
                order by valid_from_date asc nulls last
            ) as previous_spell_number,
            lag(scope_name) over (
                partition by scope_type, person_key
                order by valid_from_date asc nulls last
            ) as previous_scope_name,
            lead(spell_number) over (
                partition by scope_type, person_key
                order by valid_from_date asc nulls last
            ) as next_spell_number
        from intervals
    ),
    moves as (
        select
            *,
            case
                when scope_type in ('age_group', 'tenure_band')
                then 'aged'
                else 'transfer'
            end as move_type
        from neighbours
        where previous_spell_number = spell_number and previous_scope_name <> scope_name
    ),
    changes as (
        select
            scope_type,
            scope_name,
            cast(null as string) as other_scope_name,
            person_key,
            spell_number,
            'hire' as change_type,
            1 as headcount_change,
            valid_from_date as change_date
        from neighbours
        where coalesce(previous_spell_number, 0) <> spell_number
        union all
        select
            scope_type,
            scope_name,
            cast(null as string) as other_scope_name,
            person_key,
            spell_number,
            'separation' as change_type,
            -1 as headcount_change,
            valid_until_date as change_date
        from neighbours
        where coalesce(next_spell_number, 0) <> spell_number
        union all
        select
            scope_type,
            scope_name,
            previous_scope_name as other_scope_name,
            person_key,
            spell_number,
            move_type || '_in' as change_type,
            1 as headcount_change,
            valid_from_date as change_date
        from moves
        union all
        select
            scope_type,
            previous_scope_name as scope_name,
            scope_name as other_scope_name,
            person_key,
            spell_number,
            move_type || '_out' as change_type,
            -1 as headcount_change,
            valid_from_date as change_date
        from moves
    )
select
    cast(
        {{
            surrogate_key(
                [
                    "changes.scope_type",
                    "changes.person_key",
                    "changes.change_date",
                    "changes.change_type",
                ]
            )
        }} as string
    ) as headcount_change_key,
    cast(spells.spell_key as string) as spell_key,
    cast(changes.person_key as string) as person_key,
    cast(changes.scope_type as string) as scope_type,
    cast(changes.scope_name as string) as scope_name,
    cast(changes.other_scope_name as string) as other_scope_name,
    cast(changes.change_type as string) as change_type,
    cast(
        case
            when changes.change_type = 'separation' then spells.separation_type
        end as string
    ) as separation_type,
    changes.change_type = 'separation' and spells.is_regretted as is_regretted,
    cast(changes.headcount_change as int) as headcount_change,
    cast(changes.change_date as date) as change_date
from changes
inner join
    spells
    on changes.person_key = spells.person_key
    and changes.spell_number = spells.spell_number
where changes.change_date <= {{ as_of_date() }}
