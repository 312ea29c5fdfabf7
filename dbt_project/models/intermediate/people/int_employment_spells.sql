-- Continuous employments that count as headcount, when their tenure began and by which
-- source the person came: a promotion is no new one, a rehire is.
-- Grain: one row per (person_key, spell_number); rows may lie ahead.
with
    intervals as (select * from {{ ref("int_employment_intervals") }} where is_counted),
    records as (
        select * from {{ ref("int_people_records") }} where record_type = 'employee'
    ),
    stages as (
        select * from {{ ref("int_recruiting_stages") }} where stage_type = 'accepted'
    ),
    -- A number that two people have tells nobody.
    numbers as (
        select employees.employee_number, min(records.person_key) as person_key
        from {{ ref("int_employees") }} as employees
        inner join
            records
            on employees.vendor = records.vendor
            and employees.employee_id = records.record_id
        where employees.employee_number is not null
        group by employees.employee_number
        having count(distinct records.person_key) = 1
    ),
    spells as (
        select
            person_key,
            spell_number,
            min(valid_from_date) as hire_date,
            max(valid_until_date) as until_date
        from intervals
        group by person_key, spell_number
    ),
    gaps as (
        select
            *,
            lag(until_date) over (
                partition by person_key order by spell_number asc nulls last
            ) as previous_until_date
        from spells
    ),
    chained as (
        select
            *,
            max(
                case
                    when
                        previous_until_date is null
                        or {{ days_between("previous_until_date", "hire_date") }}
                        > {{ var("tenure_gap_days") }}
                    then hire_date
                end
            ) over (
                partition by person_key
                order by spell_number asc nulls last
                rows between unbounded preceding and current row
            ) as tenure_start_date
        from gaps
    ),
    -- An acceptance leads to the first hire after it.
    accepted as (
        select
            chained.person_key,
            chained.spell_number,
            stages.source_name,
            row_number() over (
                partition by chained.person_key, chained.spell_number
                order by
                    stages.entered_date desc nulls last,
                    stages.requisition_id asc nulls last,
                    stages.application_id asc nulls last
            ) as acceptance_rank
        from chained
        inner join numbers on chained.person_key = numbers.person_key
        inner join
            stages
            on numbers.employee_number = stages.employee_number
            and chained.hire_date >= stages.entered_date
            and coalesce(chained.previous_until_date, cast('1900-01-01' as date))
            <= stages.entered_date
    )
select
    cast(chained.person_key as string) as person_key,
    cast(chained.spell_number as int) as spell_number,
    cast(coalesce(accepted.source_name, 'unknown') as string) as hire_source_name,
    cast(chained.hire_date as date) as hire_date,
    cast(chained.until_date as date) as until_date,
    cast(chained.tenure_start_date as date) as tenure_start_date
from chained
left join
    accepted
    on chained.person_key = accepted.person_key
    and chained.spell_number = accepted.spell_number
    and accepted.acceptance_rank = 1
