-- Versions of employments that differ in job, org unit, office or supervisor.
-- Grain: one row per employment and version that differs.
{{ config(enabled=is_vendor_used("personio")) }}
with
    jobs as (
        select
            *,
            coalesce(job_title, '')
            || '|'
            || coalesce(department_name, '')
            || '|'
            || coalesce(team_name, '')
            || '|'
            || coalesce(location_name, '')
            || '|'
            || coalesce(manager_id, '') as job
        from {{ ref("stg_personio__employment_versions") }}
        where not is_deleted
    ),
    changes as (
        select
            *,
            lag(job) over (
                partition by employment_id order by version_number asc nulls last
            ) as previous_job
        from jobs
    ),
    managers as (select * from {{ ref("stg_personio__employees") }})
select
    changes.employee_id,
    cast(changes.employment_id || '-' || changes.row_hash as string) as job_change_id,
    changes.job_title,
    changes.department_name,
    -- Personio has no divisions.
    cast(null as string) as division_name,
    changes.location_name,
    changes.team_name,
    changes.manager_id,
    managers.full_name as manager_name,
    changes.effective_date,
    changes._loaded_at
from changes
left join managers on changes.manager_id = managers.employee_id
where
    changes.effective_date is not null
    and (changes.previous_job is null or changes.job <> changes.previous_job)
