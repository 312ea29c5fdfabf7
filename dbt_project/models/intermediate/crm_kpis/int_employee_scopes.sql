-- The scopes a rep's events count for: the company, his region, his team, himself.
-- Grain: one row per employee_key, valid_from_at and scope_type.
-- Join an event on employee_key and valid_from_at <= instant < valid_to_at.
with
    employees as (select * from {{ ref("dim_employees") }}),
    teams as (select * from {{ ref("int_employee_team_intervals") }}),
    memberships as (
        select
            employees.employee_key,
            employees.full_name,
            employees.rep_email,
            coalesce(teams.team_name, employees.team_name) as team_name,
            coalesce(teams.region_name, employees.region_name) as region_name,
            coalesce(
                teams.valid_from_at, cast('1900-01-01' as timestamp)
            ) as valid_from_at,
            coalesce(teams.valid_to_at, cast('9999-12-31' as timestamp)) as valid_to_at
        from employees
        left join teams on employees.employee_key = teams.employee_key
    ),
    scopes as (
        select
            'total' as scope_key,
            'total' as scope_type,
            'all' as scope_name,
            memberships.*
        from memberships
        union all
        select
            'region:' || region_name as scope_key,
            'region' as scope_type,
            region_name as scope_name,
            memberships.*
        from memberships
        union all
        select
            'team:' || team_name as scope_key,
            'team' as scope_type,
            team_name as scope_name,
            memberships.*
        from memberships
        union all
        select
            employee_key as scope_key,
            'rep' as scope_type,
            full_name as scope_name,
            memberships.*
        from memberships
    )
select
    cast(employee_key as string) as employee_key,
    cast(scope_key as string) as scope_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(team_name as string) as team_name,
    cast(region_name as string) as region_name,
    cast(valid_from_at as timestamp) as valid_from_at,
    cast(valid_to_at as timestamp) as valid_to_at
from scopes
