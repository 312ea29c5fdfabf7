-- People who own CRM records, with their team and region of today.
-- Grain: one row per owner, one per owner id that only records name, one `unassigned`.
with
    versions as (
        select
            versions.*,
            row_number() over (
                partition by vendor, employee_id
                order by extracted_at desc nulls last, row_hash desc nulls last
            ) as version_rank
        from {{ ref("int_employee_versions") }} as versions
    ),
    employees as (select * from versions where version_rank = 1),
    teams as (select * from {{ ref("int_employee_team_intervals") }}),
    named as (
        select vendor, employee_id
        from {{ ref("int_deal_owner_intervals") }}
        union all
        select vendor, employee_id
        from {{ ref("int_activity_employees") }}
        union all
        select vendor, employee_id
        from {{ ref("int_companies") }}
        union all
        select vendor, employee_id
        from {{ ref("int_contacts") }}
        union all
        select vendor, employee_id
        from {{ ref("int_targets") }}
    ),
    unlisted as (
        select named.vendor, named.employee_id
        from named
        left join
            employees
            on named.vendor = employees.vendor
            and named.employee_id = employees.employee_id
        where employees.employee_id is null and named.employee_id <> ''
        group by named.vendor, named.employee_id
    ),
    final as (
        select
            {{ surrogate_key(["employees.vendor", "employees.employee_id"]) }}
            as employee_key,
            employees.vendor,
            employees.employee_id,
            coalesce(
                employees.full_name,
                employees.rep_email,
                'Unknown ' || employees.employee_id
            ) as full_name,
            employees.rep_email,
            coalesce(employees.team_name, 'no team') as team_name,
            coalesce(teams.region_name, 'unknown') as region_name,
            employees.is_active,
            employees.created_at,
            employees._loaded_at
        from employees
        left join
            teams
            on {{ surrogate_key(["employees.vendor", "employees.employee_id"]) }}
            = teams.employee_key
            and teams.valid_to_at = cast('9999-12-31' as timestamp)
        union all
        select
            {{ surrogate_key(["vendor", "employee_id"]) }} as employee_key,
            vendor,
            employee_id,
            'Unknown ' || employee_id as full_name,
            cast(null as string) as rep_email,
            'no team' as team_name,
            'unknown' as region_name,
            false as is_active,
            cast(null as timestamp) as created_at,
            cast(null as timestamp) as _loaded_at
        from unlisted
        union all
        select
            {{ unassigned_key() }} as employee_key,
            'none' as vendor,
            '' as employee_id,
            'unassigned' as full_name,
            cast(null as string) as rep_email,
            'no team' as team_name,
            'unknown' as region_name,
            false as is_active,
            cast(null as timestamp) as created_at,
            cast(null as timestamp) as _loaded_at
    )
select
    cast(employee_key as string) as employee_key,
    cast(vendor as string) as vendor,
    cast(employee_id as string) as employee_id,
    cast(full_name as string) as full_name,
    cast(rep_email as string) as rep_email,
    cast(team_name as string) as team_name,
    cast(region_name as string) as region_name,
    cast(is_active as boolean) as is_active,
    cast(created_at as timestamp) as created_at,
    cast(_loaded_at as timestamp) as _loaded_at
from final
