-- Continuous employments that count as headcount: who was hired, who left and why.
-- Grain: one row per spell_key; spells that begin after the run's day are left out.
with
    intervals as (select * from {{ ref("int_employment_intervals") }}),
    terminations as (select * from {{ ref("int_employment_terminations") }}),
    spells as (
        select *
        from {{ ref("int_employment_spells") }}
        where hire_date <= {{ as_of_date() }}
    ),
    -- The last interval that has begun.
    latest_dates as (
        select person_key, spell_number, max(valid_from_date) as last_date
        from intervals
        where is_counted and valid_from_date <= {{ as_of_date() }}
        group by person_key, spell_number
    ),
    final as (
        select
            spells.*,
            hired.department_name as hire_department_name,
            hired.location_name as hire_location_name,
            latest.department_name,
            latest.location_name,
            latest.employment_type,
            -- Counted from the day after a contract that does not count: no stranger.
            uncounted.person_key is not null as is_conversion,
            spells.until_date > {{ as_of_date() }} as is_open,
            case
                when spells.until_date <= {{ as_of_date() }} then spells.until_date
            end as separation_date,
            case
                when spells.until_date > {{ as_of_date() }}
                then nullif(spells.until_date, cast('9999-12-31' as date))
            end as scheduled_separation_date,
            least(spells.until_date, {{ as_of_date() }}) as last_known_date
        from spells
        inner join
            intervals as hired
            on spells.person_key = hired.person_key
            and spells.hire_date = hired.valid_from_date
        inner join
            latest_dates
            on spells.person_key = latest_dates.person_key
            and spells.spell_number = latest_dates.spell_number
        inner join
            intervals as latest
            on latest_dates.person_key = latest.person_key
            and latest_dates.last_date = latest.valid_from_date
        left join
            intervals as uncounted
            on spells.person_key = uncounted.person_key
            and spells.hire_date = uncounted.valid_until_date
    )
select
    cast(
        {{ surrogate_key(["final.person_key", "final.hire_date"]) }} as string
    ) as spell_key,
    cast(final.person_key as string) as person_key,
    cast(final.spell_number as int) as spell_number,
    cast(
        case
            when final.is_conversion
            then 'conversion'
            when final.spell_number > 1
            then 'rehire'
            else 'new'
        end as string
    ) as hire_type,
    cast(final.employment_type as string) as employment_type,
    cast(final.hire_source_name as string) as hire_source_name,
    cast(final.hire_department_name as string) as hire_department_name,
    cast(final.hire_location_name as string) as hire_location_name,
    cast(final.department_name as string) as department_name,
    cast(final.location_name as string) as location_name,
    cast(
        case
            when final.separation_date is not null
            then
                case
                    -- Not terminated, but not counted any more.
                    when terminations.person_key is null
                    then 'other'
                    else terminations.separation_type
                end
        end as string
    ) as separation_type,
    final.is_open,
    final.separation_date is not null
    and coalesce(terminations.is_regretted, false) as is_regretted,
    final.separation_date is not null
    and coalesce(terminations.is_regret_known, false) as is_regret_known,
    cast(
        {{ days_between("final.hire_date", "final.last_known_date") }} as bigint
    ) as employed_days,
    cast(
        {{ days_between("final.tenure_start_date", "final.last_known_date") }} as bigint
    ) as tenure_days,
    cast(final.hire_date as date) as hire_date,
    cast(final.tenure_start_date as date) as tenure_start_date,
    cast(final.separation_date as date) as separation_date,
    cast(final.scheduled_separation_date as date) as scheduled_separation_date
from final
left join
    terminations
    on final.person_key = terminations.person_key
    and final.separation_date = terminations.separation_date
