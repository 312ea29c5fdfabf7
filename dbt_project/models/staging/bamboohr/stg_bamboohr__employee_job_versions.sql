-- The history of job, department and location, every version of it.
-- Grain: one row per employee, set that BambooHR had at a time, and row of the set.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with
    versions as ({{ kept_sets("bamboohr", "job_info") }}),
    teams as (
        select employee_id, set_version, row_hash, min(team) as team_name
        from
            (
                select
                    employee_id,
                    set_version,
                    row_hash,
                    {{ explode_json_list("teams") }} as team
                from versions
            ) as exploded
        group by employee_id, set_version, row_hash
    )
select
    cast(versions.employee_id as string) as employee_id,
    cast(versions.employee_id || '-' || versions.row_hash as string) as job_change_id,
    cast(versions.set_version as string) as set_version,
    cast(nullif(trim(versions.job_title), '') as string) as job_title,
    cast(nullif(trim(versions.department), '') as string) as department_name,
    cast(nullif(trim(versions.division), '') as string) as division_name,
    cast(nullif(trim(versions.location), '') as string) as location_name,
    cast(nullif(trim(teams.team_name), '') as string) as team_name,
    cast(nullif(trim(versions.reports_to), '') as string) as manager_name,
    cast(versions.date as date) as effective_date,
    versions.reported_from_at,
    versions.reported_until_at,
    {{ loaded_at("versions._dlt_load_id") }} as _loaded_at
from versions
left join
    teams
    on versions.employee_id = teams.employee_id
    and versions.set_version = teams.set_version
    and versions.row_hash = teams.row_hash
where versions.date is not null
