-- Deals with their rep, company and days, for BI.
-- Grain: one row per deal_key. Rep, team and region are those of the close; of an open
-- deal, of now.
with
    deals as (select * from {{ ref("fct_deals") }}),
    employees as (select * from {{ ref("dim_employees") }}),
    companies as (select * from {{ ref("dim_companies") }}),
    contacts as (select * from {{ ref("dim_contacts") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    deals.deal_key,
    deals.company_key,
    deals.contact_key,
    employees.employee_key,
    deals.vendor,
    deals.deal_id,
    deals.deal_name,
    deals.deal_type,
    deals.pipeline_name,
    deals.stage_name,
    deals.stage_order,
    deals.product_names,
    deals.won_reason,
    deals.lost_reason,
    companies.company_name,
    companies.industry_name,
    companies.country_name,
    contacts.source_name,
    employees.full_name as rep_full_name,
    employees.rep_email,
    deals.closing_team_name as team_name,
    deals.closing_region_name as region_name,
    deals.currency,
    deals.is_open,
    deals.is_won,
    deals.is_lost,
    deals.stage_probability,
    deals.deal_amount,
    deals.deal_amount_base,
    deals.line_item_count,
    deals.stage_change_count,
    deals.days_to_close,
    deals.created_date,
    {{ calendar_columns("created_days", prefix="created_") }},
    deals.close_date,
    {{ calendar_columns("close_days", prefix="close_") }},
    deals.created_at,
    deals.closed_at,
    deals.stage_entered_at
from deals
left join employees on deals.closing_employee_key = employees.employee_key
left join companies on deals.company_key = companies.company_key
left join contacts on deals.contact_key = contacts.contact_key
left join days as created_days on deals.created_date = created_days.calendar_date
left join days as close_days on deals.close_date = close_days.calendar_date
