-- People who work here, once each, whatever systems know them, as they are at the run's
-- day.
-- Grain: one row per person_key.
with
    records as (select * from {{ ref("int_people_records") }}),
    intervals as (
        select *
        from {{ ref("int_people_intervals") }}
        where
            valid_from_date <= {{ as_of_date() }}
            and valid_until_date > {{ as_of_date() }}
    ),
    employees as (
        select
            records.person_key,
            min(employees.hired_date) as hired_date,
            max(employees.terminated_date) as terminated_date,
            max(employees.birth_date) as birth_date
        from {{ ref("int_employees") }} as employees
        inner join
            records
            on employees.vendor = records.vendor
            and employees.employee_id = records.record_id
            and records.record_type = 'employee'
        group by records.person_key
    ),
    final as (
        select
            person_key,
            -- The HR system's spelling first.
            min_by(
                full_name,
                case
                    when full_name is null
                    then null
                    when record_type = 'employee'
                    then '1'
                    else '2' || record_type || vendor || record_id
                end
            ) as full_name,
            min(email) as email,
            bool_or(is_active) as has_active_record,
            bool_or(record_type = 'employee') as is_hr_employee,
            bool_or(record_type = 'owner') as is_crm_owner,
            bool_or(record_type = 'agent') as is_helpdesk_agent,
            bool_or(record_type = 'author') as is_content_author
        from records
        group by person_key
    )
select
    cast(final.person_key as string) as person_key,
    cast(intervals.manager_person_key as string) as manager_person_key,
    cast(final.full_name as string) as full_name,
    cast(final.email as string) as email,
    cast(intervals.job_title as string) as job_title,
    cast(intervals.department_name as string) as department_name,
    cast(intervals.location_name as string) as location_name,
    cast(coalesce(intervals.team_name, 'no team') as string) as team_name,
    cast(coalesce(intervals.region_name, 'unknown') as string) as region_name,
    cast(intervals.employment_type as string) as employment_type,
    final.has_active_record
    and (
        not final.is_hr_employee
        or (
            employees.hired_date <= {{ as_of_date() }}
            and coalesce(intervals.is_employed, false)
        )
    ) as is_active,
    final.is_hr_employee,
    final.is_crm_owner,
    final.is_helpdesk_agent,
    final.is_content_author,
    cast(employees.birth_date as date) as birth_date,
    cast(employees.hired_date as date) as hired_date,
    cast(employees.terminated_date as date) as terminated_date
from final
left join intervals on final.person_key = intervals.person_key
left join employees on final.person_key = employees.person_key
