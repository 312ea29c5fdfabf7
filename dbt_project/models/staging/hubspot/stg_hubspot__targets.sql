-- Goals of reps and teams, archived ones included. Grain: one row per goal id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    goals as ({{ newest_rows("hubspot", "goal_targets") }}),
    teams as (select * from {{ ref("stg_hubspot__teams") }}),
    account as (select * from {{ ref("stg_hubspot__account") }})
select
    cast(goals.id as string) as target_id,
    cast(nullif(goals.hubspot_owner_id, '') as string) as employee_id,
    cast(
        coalesce(teams.team_name, nullif(goals.hs_assignee_team_id, '')) as string
    ) as team_name,
    cast(
        case
            when
                goals.hs_kpi_object_type_id = '0-47'
                and coalesce(upper(goals.hs_kpi_metric_type), 'COUNT') = 'COUNT'
            then 'meetings_booked'
            when
                goals.hs_kpi_object_type_id = '0-3'
                and upper(goals.hs_kpi_metric_type) = 'SUM'
            then 'won_amount'
            when
                goals.hs_kpi_object_type_id = '0-3'
                and upper(goals.hs_kpi_metric_type) = 'COUNT'
            then 'won_deals'
            else 'other'
        end as string
    ) as target_type,
    cast(
        coalesce(
            upper(nullif(goals.hs_goal_target_currency_code, '')), account.currency
        ) as string
    ) as currency,
    coalesce(goals.archived, false) or goals.is_vanished as is_archived,
    -- Goals are bounded by UTC months (…-30T23:59:59.999Z), whatever the portal's zone.
    coalesce(
        date_trunc('month', cast(goals.hs_start_datetime as timestamp))
        = date_trunc('month', cast(goals.hs_end_datetime as timestamp)),
        false
    ) as is_monthly,
    cast(goals.hs_target_amount as decimal(18, 2)) as target_value,
    cast(
        date_trunc('month', cast(goals.hs_start_datetime as timestamp)) as date
    ) as target_month,
    {{ loaded_at("goals._dlt_load_id") }} as _loaded_at
from goals
left join teams on goals.hs_assignee_team_id = teams.team_id
left join account on 1 = 1
