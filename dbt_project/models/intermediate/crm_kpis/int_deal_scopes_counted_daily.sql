-- Deals created, won and lost per day: what the period KPIs add up.
-- Grain: one row per scope_key and event_date. Days after as_of_date are here, flagged.
with events as (select * from {{ ref("int_deal_scopes") }} where event_type <> 'open')
select
    cast(scope_key as string) as scope_key,
    cast(event_date as date) as event_date,
    event_date > {{ as_of_date() }} as is_in_future,
    cast(count(*) filter (where event_type = 'created') as bigint) as created_count,
    cast(count(*) filter (where event_type = 'won') as bigint) as won_count,
    cast(count(*) filter (where event_type = 'lost') as bigint) as lost_count,
    cast(
        count(*) filter (where event_type = 'won' and is_without_amount) as bigint
    ) as won_without_amount_count,
    cast(
        count(*) filter (where event_type = 'won' and is_unconverted) as bigint
    ) as won_unconverted_count,
    cast(
        count(*) filter (where event_type = 'lost' and is_without_amount) as bigint
    ) as lost_without_amount_count,
    cast(
        count(*) filter (where event_type = 'lost' and is_unconverted) as bigint
    ) as lost_unconverted_count,
    cast(
        coalesce(
            sum(case when event_type = 'won' then deal_amount_base end), 0
        ) as decimal(18, 2)
    ) as won_amount_base,
    cast(
        coalesce(
            sum(case when event_type = 'lost' then deal_amount_base end), 0
        ) as decimal(18, 2)
    ) as lost_amount_base
from events
group by scope_key, event_date
