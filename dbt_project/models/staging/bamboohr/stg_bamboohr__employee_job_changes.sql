-- The job history as HR has it now; rows may lie ahead.
-- Grain: one row per employee and row of his history.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with
    jobs as (
        select *
        from {{ ref("stg_bamboohr__employee_job_versions") }}
        where reported_until_at is null
    ),
    employees as (
        select * from {{ ref("stg_bamboohr__employees") }} where not is_deleted
    ),
    -- The history names managers; a name that two people have tells the present
    -- manager alone, whose id the employee carries.
    names as (
        select full_name, min(employee_id) as employee_id
        from employees
        group by full_name
        having count(*) = 1
    )
select
    jobs.employee_id,
    jobs.job_change_id,
    jobs.job_title,
    jobs.department_name,
    jobs.division_name,
    jobs.location_name,
    jobs.team_name,
    case
        when jobs.manager_name = employees.manager_name
        then employees.manager_id
        else names.employee_id
    end as manager_id,
    jobs.manager_name,
    jobs.effective_date,
    jobs._loaded_at
from jobs
left join names on jobs.manager_name = names.full_name
left join employees on jobs.employee_id = employees.employee_id
