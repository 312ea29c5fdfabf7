-- Deals as of today with the facts of their close.
-- Grain: one row per deal that is neither archived nor merged away.
with
    deals as (select * from {{ ref("int_deals") }}),
    outcomes as (select * from {{ ref("int_deal_outcomes") }}),
    stages as (select * from {{ ref("int_deal_stage_intervals") }} where is_current),
    teams as (select * from {{ ref("int_employee_team_intervals") }}),
    amounts as (
        select * from {{ ref("int_crm_amounts_converted") }} where record_type = 'deal'
    ),
    companies as (
        select *
        from {{ ref("int_record_companies") }}
        where record_type = 'deal' and company_rank = 1
    ),
    contacts as (
        select links.vendor, links.from_id as deal_id, min(links.to_id) as contact_id
        from {{ ref("int_record_associations") }} as links
        inner join
            {{ ref("int_contacts") }} as contacts
            on links.vendor = contacts.vendor
            and links.to_id = contacts.contact_id
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on excluded.record_type = 'contact'
            and links.vendor = excluded.vendor
            and links.to_id = excluded.record_id
        where
            links.from_type = 'deal'
            and links.to_type = 'contact'
            and excluded.record_id is null
        group by links.vendor, links.from_id
    ),
    lines as (
        select
            deal_key,
            count(*) as line_item_count,
            {{ ordered_list("product_name", is_distinct=true) }} as product_names
        from {{ ref("fct_deal_line_items") }}
        group by deal_key
    )
select
    cast(outcomes.deal_key as string) as deal_key,
    cast(deals.vendor as string) as vendor,
    cast(deals.deal_id as string) as deal_id,
    cast(stages.pipeline_id as string) as pipeline_id,
    cast(stages.stage_id as string) as stage_id,
    cast(outcomes.employee_key as string) as employee_key,
    cast(outcomes.closing_employee_key as string) as closing_employee_key,
    cast(
        coalesce(companies.company_key, {{ unassigned_key() }}) as string
    ) as company_key,
    cast(
        coalesce(
            {{ surrogate_key(["contacts.vendor", "contacts.contact_id"]) }},
            {{ unassigned_key() }}
        ) as string
    ) as contact_key,
    cast(deals.deal_name as string) as deal_name,
    cast(deals.deal_type as string) as deal_type,
    cast(stages.pipeline_name as string) as pipeline_name,
    cast(stages.stage_name as string) as stage_name,
    cast(stages.stage_order as bigint) as stage_order,
    cast(coalesce(teams.team_name, 'no team') as string) as closing_team_name,
    cast(coalesce(teams.region_name, 'unknown') as string) as closing_region_name,
    cast(lines.product_names as string) as product_names,
    cast(deals.won_reason as string) as won_reason,
    cast(deals.lost_reason as string) as lost_reason,
    cast(deals.currency as string) as currency,
    not outcomes.is_closed as is_open,
    outcomes.is_closed,
    outcomes.is_won,
    outcomes.is_lost,
    stages.is_unknown_stage as has_unknown_stage,
    outcomes.is_closed
    and outcomes.close_date > {{ as_of_date() }} as has_future_close_date,
    outcomes.is_closed
    and outcomes.close_date < outcomes.created_date as is_closed_before_created,
    cast(outcomes.stage_probability as double) as stage_probability,
    cast(deals.deal_amount as decimal(18, 2)) as deal_amount,
    cast(amounts.amount_base as decimal(18, 2)) as deal_amount_base,
    cast(coalesce(lines.line_item_count, 0) as bigint) as line_item_count,
    cast(stages.change_number as bigint) as stage_change_count,
    cast(outcomes.days_to_close as bigint) as days_to_close,
    cast(outcomes.created_date as date) as created_date,
    cast(outcomes.close_date as date) as close_date,
    cast(deals.created_at as timestamp) as created_at,
    cast(outcomes.closed_at as timestamp) as closed_at,
    cast(stages.entered_at as timestamp) as stage_entered_at,
    cast(deals._loaded_at as timestamp) as _loaded_at
from outcomes
inner join stages on outcomes.deal_key = stages.deal_key
inner join deals on stages.vendor = deals.vendor and stages.deal_id = deals.deal_id
left join
    teams
    on outcomes.closing_employee_key = teams.employee_key
    and outcomes.owner_known_at >= teams.valid_from_at
    and outcomes.owner_known_at < teams.valid_to_at
left join amounts on outcomes.deal_key = amounts.record_key
left join
    companies on deals.vendor = companies.vendor and deals.deal_id = companies.record_id
left join
    contacts on deals.vendor = contacts.vendor and deals.deal_id = contacts.deal_id
left join lines on outcomes.deal_key = lines.deal_key
