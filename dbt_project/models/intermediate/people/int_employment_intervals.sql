-- When somebody was employed, cut where his work changed; counted intervals without a
-- gap are one spell: a promotion, a move or a leave continues it, a rehire begins one.
-- Grain: one row per (person_key, valid_from_date) of employed people; rows may lie
-- ahead.
with
    intervals as (select * from {{ ref("int_people_intervals") }}),
    known as (
        select
            *,
            -- What somebody on leave is, is what he was before.
            max(case when employment_type <> 'leave' then valid_from_date end) over (
                partition by person_key
                order by valid_from_date asc nulls last
                rows between unbounded preceding and current row
            ) as type_date
        from intervals
        where employment_type is not null
    ),
    employed as (
        select
            known.person_key,
            known.manager_person_key,
            known.employment_type,
            known.job_title,
            known.department_name,
            known.location_name,
            case
                when coalesce(types.employment_type, 'terminated') = 'terminated'
                then known.employment_type
                else types.employment_type
            end as contract_type,
            known.employment_type = 'leave' as is_on_leave,
            known.valid_from_date,
            known.valid_until_date
        from known
        left join
            known as types
            on known.person_key = types.person_key
            and known.type_date = types.valid_from_date
        where known.employment_type <> 'terminated'
    ),
    judged as (
        select
            *,
            contract_type
            in ('{{ var("counted_employment_types") | join("', '") }}') as is_counted
        from employed
    ),
    linked as (
        select
            *,
            lag(valid_until_date) over (
                partition by person_key, is_counted
                order by valid_from_date asc nulls last
            ) as previous_until_date
        from judged
    ),
    final as (
        select
            *,
            sum(
                case
                    when is_counted and previous_until_date = valid_from_date
                    then 0
                    when is_counted
                    then 1
                    else 0
                end
            ) over (
                partition by person_key
                order by valid_from_date asc nulls last
                rows between unbounded preceding and current row
            ) as spell_number
        from linked
    )
select
    cast(person_key as string) as person_key,
    cast(manager_person_key as string) as manager_person_key,
    cast(case when is_counted then spell_number end as int) as spell_number,
    cast(employment_type as string) as employment_type,
    cast(contract_type as string) as contract_type,
    cast(coalesce(job_title, 'no job title') as string) as job_title,
    cast(coalesce(department_name, 'no department') as string) as department_name,
    cast(coalesce(location_name, 'no location') as string) as location_name,
    is_counted,
    is_on_leave,
    cast(valid_from_date as date) as valid_from_date,
    cast(valid_until_date as date) as valid_until_date
from final
