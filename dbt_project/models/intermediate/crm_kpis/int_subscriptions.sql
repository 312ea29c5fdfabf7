-- K87: what is billed again and again by won deals, from when to when.
-- Grain: one row per recurring line item of a won deal. It begins with its own start or
-- the deal's close, and ends with its own end or term; without both it runs on.
with
    line_items as (select * from {{ ref("fct_deal_line_items") }} where is_recurring),
    deals as (select * from {{ ref("fct_deals") }} where is_won),
    companies as (select * from {{ ref("dim_companies") }}),
    organization_records as (
        select *
        from {{ ref("dim_organization_records") }}
        where record_type = 'company'
    ),
    organizations as (select * from {{ ref("dim_organizations") }}),
    dated as (
        select
            line_items.*,
            coalesce(line_items.billing_start_date, deals.close_date) as started_date,
            deals.company_key
        from line_items
        inner join deals on line_items.deal_key = deals.deal_key
    )
select
    cast(dated.deal_line_item_key as string) as deal_line_item_key,
    cast(dated.deal_key as string) as deal_key,
    -- Without a company every deal is a subscriber of its own.
    cast(
        coalesce(
            organizations.organization_key,
            nullif(dated.company_key, {{ unassigned_key() }}),
            dated.deal_key
        ) as string
    ) as subscriber_key,
    cast(organizations.organization_key as string) as organization_key,
    cast(coalesce(organizations.segment_name, 'unknown') as string) as segment_name,
    cast(coalesce(organizations.country_name, 'unknown') as string) as country_name,
    cast(coalesce(dated.product_name, 'unknown') as string) as plan_name,
    cast(coalesce(dated.currency, 'unknown') as string) as currency,
    dated.line_amount is not null and dated.line_amount_base is null as is_unconverted,
    cast(
        round(
            cast(dated.line_amount as double)
            * cast(dated.billings_per_year as double)
            / 12,
            6
        ) as decimal(18, 6)
    ) as monthly_amount,
    cast(
        round(
            cast(dated.line_amount_base as double)
            * cast(dated.billings_per_year as double)
            / 12,
            6
        ) as decimal(18, 6)
    ) as monthly_amount_base,
    cast(dated.started_date as date) as started_date,
    cast(
        coalesce(
            dated.billing_end_date,
            cast(dated.started_date + dated.term_months * interval 1 month as date) - 1
        ) as date
    ) as ended_date
from dated
left join companies on dated.company_key = companies.company_key
left join
    organization_records
    on companies.vendor = organization_records.vendor
    and companies.company_id = organization_records.record_id
left join
    organizations
    on organization_records.organization_key = organizations.organization_key
where dated.line_amount > 0 and dated.billings_per_year > 0
