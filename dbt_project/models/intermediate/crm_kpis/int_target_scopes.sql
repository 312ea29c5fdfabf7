-- Monthly targets of every scope. Grain: one row per target_month, target_type and
-- scope_key. A team's target is its own where the CRM has one, else the sum of its
-- reps'; region and total add up the teams. So a rep's target is never added to his
-- team's.
with
    targets as (
        select * from {{ ref("fct_targets") }} where target_value_base is not null
    ),
    memberships as (
        select
            employee_key,
            team_name,
            region_name,
            {{ to_local_time("valid_from_at") }} as valid_from_at,
            {{ to_local_time("valid_to_at") }} as valid_to_at
        from {{ ref("int_employee_scopes") }}
        where scope_type = 'rep'
    ),
    regions as (select * from {{ ref("team_regions") }}),
    rep_targets as (
        select
            targets.target_month,
            targets.target_type,
            targets.employee_key,
            memberships.team_name,
            memberships.region_name,
            sum(targets.target_value_base) as target_value_base
        from targets
        inner join
            memberships
            on targets.employee_key = memberships.employee_key
            and cast(targets.target_month as timestamp) >= memberships.valid_from_at
            and cast(targets.target_month as timestamp) < memberships.valid_to_at
        where targets.scope_type = 'rep'
        group by
            targets.target_month,
            targets.target_type,
            targets.employee_key,
            memberships.team_name,
            memberships.region_name
    ),
    own_team_targets as (
        select
            targets.target_month,
            targets.target_type,
            targets.team_name,
            coalesce(regions.region_name, 'unknown') as region_name,
            sum(targets.target_value_base) as target_value_base
        from targets
        left join regions on targets.team_name = regions.team_name
        where targets.scope_type = 'team'
        group by
            targets.target_month,
            targets.target_type,
            targets.team_name,
            coalesce(regions.region_name, 'unknown')
    ),
    summed_team_targets as (
        select
            target_month,
            target_type,
            team_name,
            region_name,
            sum(target_value_base) as target_value_base
        from rep_targets
        group by target_month, target_type, team_name, region_name
    ),
    team_targets as (
        select target_month, target_type, team_name, region_name, target_value_base
        from own_team_targets
        union all
        select
            summed.target_month,
            summed.target_type,
            summed.team_name,
            summed.region_name,
            summed.target_value_base
        from summed_team_targets as summed
        left join
            own_team_targets as own
            on summed.target_month = own.target_month
            and summed.target_type = own.target_type
            and summed.team_name = own.team_name
        where own.team_name is null
    ),
    scoped as (
        select target_month, target_type, employee_key as scope_key, target_value_base
        from rep_targets
        union all
        select
            target_month,
            target_type,
            'team:' || team_name as scope_key,
            target_value_base
        from team_targets
        union all
        select
            target_month,
            target_type,
            'region:' || region_name as scope_key,
            target_value_base
        from team_targets
        union all
        select target_month, target_type, 'total' as scope_key, target_value_base
        from team_targets
    )
select
    cast(target_type as string) as target_type,
    cast(scope_key as string) as scope_key,
    cast(sum(target_value_base) as decimal(18, 2)) as target_value_base,
    cast(target_month as date) as target_month
from scoped
group by target_month, target_type, scope_key
