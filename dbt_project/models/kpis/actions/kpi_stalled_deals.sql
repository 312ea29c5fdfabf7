-- P17: open deals that stand still: why, what is at stake, since when, whose they are.
-- Grain: one row per deal_key, as of snapshot_date.
with
    stalled as (select * from {{ ref("int_stalled_deals") }}),
    deals as (select * from {{ ref("fct_deals") }}),
    employees as (select * from {{ ref("dim_employees") }})
select
    cast(stalled.deal_key as string) as deal_key,
    cast(deals.vendor as string) as vendor,
    cast(deals.deal_id as string) as deal_id,
    cast(deals.company_key as string) as company_key,
    cast(deals.employee_key as string) as employee_key,
    cast(deals.deal_name as string) as deal_name,
    cast(employees.rep_email as string) as rep_email,
    cast(employees.team_name as string) as team_name,
    cast(employees.region_name as string) as region_name,
    cast(deals.pipeline_name as string) as pipeline_name,
    cast(deals.stage_name as string) as stage_name,
    cast(
        case
            when stalled.is_beyond_usual_stay and stalled.is_without_activity
            then 'long in the stage; no activity'
            when stalled.is_beyond_usual_stay
            then 'long in the stage'
            else 'no activity'
        end as string
    ) as reason_name,
    stalled.is_beyond_usual_stay,
    stalled.is_without_activity,
    deals.deal_amount is not null as has_amount,
    cast(deals.deal_amount_base as decimal(18, 2)) as stake_amount_base,
    cast(deals.stage_probability as double) as stage_probability,
    round(cast(stalled.dwell_days as double), 6) as stage_dwell_days,
    round(cast(stalled.won_p90_dwell_days as double), 6) as won_p90_dwell_days,
    cast(stalled.inactive_days as bigint) as inactive_days,
    cast(stalled.stalled_since_date as date) as since_date,
    cast({{ local_date("deals.stage_entered_at") }} as date) as stage_entered_date,
    cast(stalled.last_activity_date as date) as last_activity_date,
    cast(stalled.next_activity_date as date) as next_activity_date,
    cast(deals.close_date as date) as expected_close_date,
    {{ as_of_date() }} as snapshot_date
from stalled
inner join deals on stalled.deal_key = deals.deal_key
inner join employees on deals.employee_key = employees.employee_key
