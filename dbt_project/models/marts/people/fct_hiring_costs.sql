-- What hiring cost, bill by bill, in the reporting currency at the bill's own day.
-- Grain: one row per hiring_cost_key.
with
    costs as (select * from {{ ref("int_hiring_costs") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }})
select
    cast(
        {{ surrogate_key(["costs.vendor", "costs.cost_id"]) }} as string
    ) as hiring_cost_key,
    cast(costs.vendor as string) as vendor,
    cast(costs.cost_id as string) as cost_id,
    cast(costs.requisition_id as string) as requisition_id,
    cast(coalesce(costs.department_name, 'no department') as string) as department_name,
    cast(coalesce(costs.job_title, 'no job title') as string) as job_title,
    cast(coalesce(costs.source_name, 'unknown') as string) as source_name,
    cast(costs.cost_type as string) as cost_type,
    cast(costs.category_name as string) as category_name,
    cast(costs.currency as string) as currency,
    cast(costs.cost_amount as decimal(18, 2)) as cost_amount,
    {{ base_amount("costs.cost_amount", "costs.currency", "rates.rate_to_base") }}
    as cost_amount_base,
    cast(costs.cost_date as date) as cost_date
from costs
left join rates on costs.cost_date = rates.rate_date and costs.currency = rates.currency
