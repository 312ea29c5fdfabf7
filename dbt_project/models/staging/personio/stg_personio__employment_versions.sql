-- Employments in every version that was seen.
-- Grain: one row per employment id and version.
{{ config(enabled=is_vendor_used("personio")) }}
with
    versions as (
        select
            employments.*,
            row_number() over (
                partition by id
                order by
                    extracted_at asc nulls last,
                    _dlt_load_id asc nulls last,
                    row_hash asc nulls last
            ) as version_number,
            row_number() over (
                partition by id
                order by
                    extracted_at desc nulls last,
                    _dlt_load_id desc nulls last,
                    row_hash desc nulls last
            ) as version_age
        from {{ source("personio", "employments") }} as employments
        where {{ completed_loads("personio") }}
    ),
    gone as (
        select record_id, max(_dlt_load_id) as _dlt_load_id
        from {{ source("personio", "vanished_records") }}
        where table_name = 'employments' and {{ completed_loads("personio") }}
        group by record_id
    ),
    newest as (select id, _dlt_load_id from versions where version_age = 1),
    deleted as (
        select newest.id
        from newest
        inner join gone on newest.id = gone.record_id
        where gone._dlt_load_id > newest._dlt_load_id
    ),
    units as ({{ newest_rows("personio", "org_units", newest_by="_dlt_load_id") }}),
    named_units as (
        select
            exploded.id,
            exploded.row_hash,
            min(
                case when lower(units.type) = 'department' then units.name end
            ) as department_name,
            min(case when lower(units.type) = 'team' then units.name end) as team_name
        from
            (
                select id, row_hash, {{ explode_json_list("org_units") }} as unit
                from versions
            ) as exploded
        inner join units on {{ json_text("exploded.unit", "id") }} = units.id
        group by exploded.id, exploded.row_hash
    )
select
    cast(versions.id as string) as employment_id,
    cast(versions.row_hash as string) as row_hash,
    cast(versions.person_id as string) as employee_id,
    cast(lower(versions.status) as string) as employment_status_name,
    -- Whatever it is when he works; LEAVE says only that he does not now.
    cast(
        case
            when upper(versions.type) = 'EXTERNAL'
            then 'contractor'
            when versions.weekly_working_hours < versions.full_time_weekly_working_hours
            then 'part_time'
            else 'full_time'
        end as string
    ) as employment_type,
    upper(versions.status) = 'LEAVE' as is_on_leave,
    -- least() would take the 1 of a missing number.
    cast(
        case
            when
                versions.weekly_working_hours >= 0
                and versions.full_time_weekly_working_hours > 0
            then
                least(
                    cast(versions.weekly_working_hours as double)
                    / cast(versions.full_time_weekly_working_hours as double),
                    1
                )
        end as double
    ) as fte_share,
    cast(nullif(trim(versions.position_title), '') as string) as job_title,
    cast(named_units.department_name as string) as department_name,
    cast(named_units.team_name as string) as team_name,
    cast(
        coalesce(nullif(trim(versions.office_name), ''), versions.office_id) as string
    ) as location_name,
    cast(versions.supervisor_id as string) as manager_id,
    cast(upper(versions.termination_type) as string) as termination_code,
    cast(
        nullif(trim(versions.termination_reason), '') as string
    ) as termination_reason_name,
    deleted.id is not null as is_deleted,
    versions.version_age = 1 as is_newest,
    cast(versions.version_number as bigint) as version_number,
    cast(versions.employment_start_date as date) as start_date,
    -- Both are last days of work; the employment may be open while notice is given.
    cast(
        coalesce(
            versions.employment_end_date,
            versions.termination_last_working_day,
            versions.termination_date
        ) as date
    ) as end_date,
    {{ local_date("coalesce(versions.updated_at, versions.extracted_at)") }}
    as changed_date,
    -- A first version holds since the employment began, as far as anybody knows.
    cast(
        case
            when versions.version_number = 1
            then versions.employment_start_date
            else
                {{ local_date("coalesce(versions.updated_at, versions.extracted_at)") }}
        end as date
    ) as effective_date,
    {{ loaded_at("versions._dlt_load_id") }} as _loaded_at
from versions
left join deleted on versions.id = deleted.id
left join
    named_units
    on versions.id = named_units.id
    and versions.row_hash = named_units.row_hash
