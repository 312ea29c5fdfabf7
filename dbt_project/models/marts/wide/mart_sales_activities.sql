-- Meetings, calls, e-mails and tasks with their rep, company, deal and day, for BI.
-- Grain: one row per activity_key. Team and region are the rep's of today.
with
    activities as (select * from {{ ref("fct_activities") }}),
    employees as (select * from {{ ref("dim_employees") }}),
    companies as (select * from {{ ref("dim_companies") }}),
    deals as (select * from {{ ref("fct_deals") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    activities.activity_key,
    activities.employee_key,
    activities.company_key,
    activities.deal_key,
    activities.vendor,
    activities.activity_id,
    activities.activity_type,
    activities.direction_type,
    activities.outcome_status,
    companies.company_name,
    companies.industry_name,
    companies.country_name,
    deals.deal_name,
    deals.pipeline_name,
    deals.stage_name,
    employees.full_name as rep_full_name,
    employees.rep_email,
    employees.team_name,
    employees.region_name,
    activities.is_held,
    activities.is_cancelled,
    activities.is_no_show,
    activities.is_rescheduled,
    activities.is_duration_estimated,
    activities.duration_minutes,
    activities.booked_date,
    activities.started_date,
    {{ calendar_columns("days") }},
    activities.booked_at,
    activities.started_at,
    activities.ended_at
from activities
left join employees on activities.employee_key = employees.employee_key
left join companies on activities.company_key = companies.company_key
left join deals on activities.deal_key = deals.deal_key
left join days on activities.started_date = days.calendar_date
