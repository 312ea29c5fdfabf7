-- Where somebody worked from when to when: department, job, place and manager by the HR
-- system's own history, team and region by it or by the versions of the CRM's owners.
-- Grain: one row per (person_key, valid_from_date); an interval ends before
-- valid_until_date.
with
    records as (select * from {{ ref("int_people_records") }}),
    job_changes as (select * from {{ ref("int_employee_job_changes") }}),
    status_changes as (select * from {{ ref("int_employee_status_changes") }}),
    owner_teams as (select * from {{ ref("int_employee_team_intervals") }}),
    regions as (select * from {{ ref("team_regions") }}),
    people as (
        select vendor, record_id, person_key from records where record_type = 'employee'
    ),
    -- Of several rows of one day the last written one holds.
    jobs as (
        select
            people.person_key,
            people.vendor,
            changes.effective_date,
            changes.job_title,
            changes.department_name,
            changes.location_name,
            changes.team_name,
            changes.manager_id,
            row_number() over (
                partition by people.person_key, changes.effective_date
                order by changes.job_change_id desc nulls last
            ) as day_rank
        from job_changes as changes
        inner join
            people
            on changes.vendor = people.vendor
            and changes.employee_id = people.record_id
        where changes.effective_date is not null
    ),
    statuses as (
        select
            people.person_key,
            changes.effective_date,
            changes.employment_type,
            row_number() over (
                partition by people.person_key, changes.effective_date
                order by changes.status_change_id desc nulls last
            ) as day_rank
        from status_changes as changes
        inner join
            people
            on changes.vendor = people.vendor
            and changes.employee_id = people.record_id
        where changes.effective_date is not null
    ),
    teams as (
        select
            records.person_key,
            cast(
                {{ local_date("owner_teams.valid_from_at") }} as date
            ) as effective_date,
            owner_teams.team_name,
            owner_teams.region_name,
            row_number() over (
                partition by
                    records.person_key, {{ local_date("owner_teams.valid_from_at") }}
                order by owner_teams.valid_from_at desc nulls last
            ) as day_rank
        from owner_teams
        inner join
            records
            on owner_teams.employee_key
            = {{ surrogate_key(["records.vendor", "records.record_id"]) }}
            and records.record_type = 'owner'
    ),
    boundaries as (
        select person_key, effective_date
        from jobs
        union
        select person_key, effective_date
        from statuses
        union
        select person_key, effective_date
        from teams
    ),
    dated as (
        select
            boundaries.person_key,
            boundaries.effective_date as valid_from_date,
            lead(boundaries.effective_date) over (
                partition by boundaries.person_key
                order by boundaries.effective_date asc nulls last
            ) as next_date,
            max(jobs.effective_date) over known as job_date,
            max(statuses.effective_date) over known as status_date,
            max(teams.effective_date) over known as team_date
        from boundaries
        left join
            jobs
            on boundaries.person_key = jobs.person_key
            and boundaries.effective_date = jobs.effective_date
            and jobs.day_rank = 1
        left join
            statuses
            on boundaries.person_key = statuses.person_key
            and boundaries.effective_date = statuses.effective_date
            and statuses.day_rank = 1
        left join
            teams
            on boundaries.person_key = teams.person_key
            and boundaries.effective_date = teams.effective_date
            and teams.day_rank = 1
        window
            known as (
                partition by boundaries.person_key
                order by boundaries.effective_date asc nulls last
                rows between unbounded preceding and current row
            )
    ),
    final as (
        select
            dated.person_key,
            dated.valid_from_date,
            dated.next_date,
            statuses.employment_type,
            jobs.job_title,
            jobs.department_name,
            jobs.location_name,
            managers.person_key as manager_person_key,
            coalesce(jobs.team_name, teams.team_name) as team_name,
            case
                when jobs.team_name is null
                then teams.region_name
                else regions.region_name
            end as region_name,
            jobs.person_key is not null as has_hr_history
        from dated
        left join
            jobs
            on dated.person_key = jobs.person_key
            and dated.job_date = jobs.effective_date
            and jobs.day_rank = 1
        left join
            statuses
            on dated.person_key = statuses.person_key
            and dated.status_date = statuses.effective_date
            and statuses.day_rank = 1
        left join
            teams
            on dated.person_key = teams.person_key
            and dated.team_date = teams.effective_date
            and teams.day_rank = 1
        left join regions on jobs.team_name = regions.team_name
        left join
            people as managers
            on jobs.vendor = managers.vendor
            and jobs.manager_id = managers.record_id
    )
select
    cast(person_key as string) as person_key,
    cast(manager_person_key as string) as manager_person_key,
    cast(employment_type as string) as employment_type,
    cast(job_title as string) as job_title,
    cast(department_name as string) as department_name,
    cast(location_name as string) as location_name,
    cast(coalesce(team_name, 'no team') as string) as team_name,
    cast(coalesce(region_name, 'unknown') as string) as region_name,
    has_hr_history,
    coalesce(employment_type, '') <> 'terminated' as is_employed,
    cast(valid_from_date as date) as valid_from_date,
    cast(coalesce(next_date, cast('9999-12-31' as date)) as date) as valid_until_date
from final
