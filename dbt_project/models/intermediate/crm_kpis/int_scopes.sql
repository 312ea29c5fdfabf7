-- Every scope that a KPI can have rows for. Grain: one row per scope_key.
with
    memberships as (select * from {{ ref("int_employee_scopes") }}),
    employees as (select * from {{ ref("dim_employees") }}),
    -- A team may have a target before it has members.
    team_targets as (
        select team_name
        from {{ ref("fct_targets") }}
        where scope_type = 'team' and team_name is not null
        group by team_name
    ),
    regions as (select * from {{ ref("team_regions") }}),
    named as (
        select
            scope_key,
            scope_type,
            scope_name,
            case when scope_type = 'rep' then employee_key end as employee_key
        from memberships
        union all
        select
            'team:' || team_name as scope_key,
            'team' as scope_type,
            team_name as scope_name,
            cast(null as string) as employee_key
        from team_targets
        union all
        select
            'region:' || coalesce(regions.region_name, 'unknown') as scope_key,
            'region' as scope_type,
            coalesce(regions.region_name, 'unknown') as scope_name,
            cast(null as string) as employee_key
        from team_targets
        left join regions on team_targets.team_name = regions.team_name
    ),
    scopes as (
        select scope_key, scope_type, scope_name, max(employee_key) as employee_key
        from named
        group by scope_key, scope_type, scope_name
    )
select
    cast(scopes.scope_key as string) as scope_key,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
    cast(scopes.employee_key as string) as employee_key,
    cast(employees.rep_email as string) as rep_email
from scopes
left join employees on scopes.employee_key = employees.employee_key
