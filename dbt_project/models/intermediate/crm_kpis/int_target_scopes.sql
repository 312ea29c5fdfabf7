-- Targets of every scope, by month of either calendar and by quarter.
-- Grain: one row per period_type, period_start_date, target_type and scope_key. A
-- team's target is its own where the CRM has one for the month, else the sum of its
-- reps'; region and total add up the teams. So a rep's target is never added to his
-- team's.
{% set part = [
    "period_type",
    "period_start_date",
    "target_month",
    "target_type",
    "business_day_count",
    "elapsed_business_day_count",
    "total_business_day_count",
] %}
with
    targets as (select * from {{ ref("int_targets_prorated") }}),
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
            targets.*, memberships.team_name as rep_team_name, memberships.region_name
        from targets
        inner join
            memberships
            on targets.employee_key = memberships.employee_key
            and cast(targets.target_month as timestamp) >= memberships.valid_from_at
            and cast(targets.target_month as timestamp) < memberships.valid_to_at
        where targets.scope_type = 'rep'
    ),
    own_team_targets as (
        select targets.*, coalesce(regions.region_name, 'unknown') as region_name
        from targets
        left join regions on targets.team_name = regions.team_name
        where targets.scope_type = 'team'
    ),
    own_teams as (
        select target_month, target_type, team_name
        from own_team_targets
        group by target_month, target_type, team_name
    ),
    team_targets as (
        select {{ part | join(", ") }}, target_value_base, team_name, region_name
        from own_team_targets
        union all
        select
            {% for column in part %} rep_targets.{{ column }}, {% endfor %}
            rep_targets.target_value_base,
            rep_targets.rep_team_name as team_name,
            rep_targets.region_name
        from rep_targets
        left join
            own_teams
            on rep_targets.target_month = own_teams.target_month
            and rep_targets.target_type = own_teams.target_type
            and rep_targets.rep_team_name = own_teams.team_name
        where own_teams.team_name is null
    ),
    scoped as (
        select {{ part | join(", ") }}, target_value_base, employee_key as scope_key
        from rep_targets
        union all
        select
            {{ part | join(", ") }},
            target_value_base,
            'team:' || team_name as scope_key
        from team_targets
        union all
        select
            {{ part | join(", ") }},
            target_value_base,
            'region:' || region_name as scope_key
        from team_targets
        union all
        select {{ part | join(", ") }}, target_value_base, 'total' as scope_key
        from team_targets
    ),
    -- The days of a month count once, however many targets it has.
    months as (
        select
            {{ part | join(", ") }},
            scope_key,
            sum(target_value_base) as target_value_base
        from scoped
        group by {{ part | join(", ") }}, scope_key
    )
select
    cast(period_type as string) as period_type,
    cast(target_type as string) as target_type,
    cast(scope_key as string) as scope_key,
    cast(sum(target_value_base) as decimal(18, 2)) as target_value_base,
    cast(sum(business_day_count) as bigint) as target_business_day_count,
    cast(
        sum(elapsed_business_day_count) as bigint
    ) as elapsed_target_business_day_count,
    cast(max(total_business_day_count) as bigint) as total_business_day_count,
    cast(period_start_date as date) as period_start_date
from months
group by period_type, period_start_date, target_type, scope_key
