-- Persons as Personio lists them, those who left and deleted ones included.
-- Grain: one row per person id, newest version.
{{ config(enabled=is_vendor_used("personio")) }}
with
    persons as ({{ newest_rows("personio", "persons") }}),
    employments as (
        select *
        from {{ ref("stg_personio__employment_versions") }}
        where is_newest and not is_deleted
    ),
    spans as (
        select
            *,
            row_number() over (
                partition by employee_id
                order by start_date desc nulls last, employment_id desc nulls last
            ) as employment_rank,
            -- A new employment that follows at once goes on with the former.
            case
                when
                    lag(end_date) over (
                        partition by employee_id
                        order by start_date asc nulls last, employment_id asc nulls last
                    )
                    + 1
                    >= start_date
                then 0
                else 1
            end as begins_anew
        from employments
    ),
    of_person as (
        select
            employee_id,
            min(start_date) as original_hired_date,
            max(case when begins_anew = 1 then start_date end) as hired_date,
            max(case when employment_rank = 1 then end_date end) as last_end_date
        from spans
        group by employee_id
    )
select
    cast(persons.id as string) as employee_id,
    cast(null as string) as employee_number,
    cast(nullif(trim(persons.first_name), '') as string) as first_name,
    cast(nullif(trim(persons.last_name), '') as string) as last_name,
    cast(
        nullif(
            trim(
                coalesce(persons.first_name, '')
                || ' '
                || coalesce(persons.last_name, '')
            ),
            ''
        ) as string
    ) as full_name,
    cast(nullif(lower(trim(persons.email)), '') as string) as work_email,
    cast(
        case
            when lower(persons.gender) in ('female', 'male')
            then lower(persons.gender)
            when trim(persons.gender) <> '' and lower(persons.gender) <> 'unknown'
            then 'other'
        end as string
    ) as gender_type,
    upper(persons.status) = 'ACTIVE' as is_active,
    persons.is_vanished as is_deleted,
    -- A custom attribute, if at all, with a name of the account's own.
    cast(null as date) as birth_date,
    cast(of_person.hired_date as date) as hired_date,
    cast(of_person.original_hired_date as date) as original_hired_date,
    cast(of_person.last_end_date + 1 as date) as terminated_date,
    cast(persons.created_at as timestamp) as created_at,
    cast(persons.updated_at as timestamp) as updated_at,
    {{ loaded_at("persons._dlt_load_id") }} as _loaded_at
from persons
left join of_person on persons.id = of_person.employee_id
