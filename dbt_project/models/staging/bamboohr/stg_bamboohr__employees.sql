-- Employees as BambooHR lists them, leavers, future hires and deleted ones included.
-- Grain: one row per employee id, newest version.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with
    employees as (
        {{
            newest_rows(
                "bamboohr",
                "employees",
                key=["employee_id"],
                newest_by="_dlt_load_id",
            )
        }}
    ),
    details as (
        {{
            newest_rows(
                "bamboohr",
                "employee_details",
                key=["employee_id"],
                newest_by="_dlt_load_id",
            )
        }}
    ),
    changes as (
        select
            employee_id,
            max(last_changed) as changed_at,
            max(
                case when lower(action) = 'deleted' then _dlt_load_id end
            ) as deleted_load_id
        from {{ source("bamboohr", "employee_changes") }}
        where {{ completed_loads("bamboohr") }}
        group by employee_id
    ),
    last_statuses as (
        select
            employee_id,
            employment_type,
            effective_date,
            row_number() over (
                partition by employee_id
                order by
                    effective_date desc nulls last,
                    case when employment_type = 'terminated' then 0 else 1 end asc
                    nulls last,
                    status_change_id asc nulls last
            ) as status_rank
        from {{ ref("stg_bamboohr__employee_status_changes") }}
    ),
    terminations as (
        select employee_id, effective_date
        from last_statuses
        where status_rank = 1 and employment_type = 'terminated'
    )
select
    cast(employees.employee_id as string) as employee_id,
    cast(nullif(trim(details.employee_number), '') as string) as employee_number,
    cast(nullif(trim(employees.first_name), '') as string) as first_name,
    cast(nullif(trim(employees.last_name), '') as string) as last_name,
    cast(
        nullif(
            trim(
                coalesce(employees.first_name, '')
                || ' '
                || coalesce(employees.last_name, '')
            ),
            ''
        ) as string
    ) as full_name,
    cast(nullif(lower(trim(employees.work_email)), '') as string) as work_email,
    cast(
        case
            when lower(details.gender) in ('female', 'male')
            then lower(details.gender)
            when trim(details.gender) <> ''
            then 'other'
        end as string
    ) as gender_type,
    cast(employees.reports_to_id as string) as manager_id,
    cast(nullif(trim(employees.reports_to_name), '') as string) as manager_name,
    lower(employees.status) = 'active' as is_active,
    (
        employees.is_vanished
        or coalesce(changes.deleted_load_id > employees._dlt_load_id, false)
    ) as is_deleted,
    cast(employees.birth_date as date) as birth_date,
    cast(employees.hire_date as date) as hired_date,
    cast(
        coalesce(details.original_hire_date, employees.hire_date) as date
    ) as original_hired_date,
    cast(
        coalesce(terminations.effective_date, details.termination_date) as date
    ) as terminated_date,
    -- BambooHR does not say when an employee was entered.
    cast(null as timestamp) as created_at,
    cast(changes.changed_at as timestamp) as updated_at,
    {{ loaded_at("employees._dlt_load_id") }} as _loaded_at
from employees
left join details on employees.employee_id = details.employee_id
left join changes on employees.employee_id = changes.employee_id
left join terminations on employees.employee_id = terminations.employee_id
