-- The measured rate of each funnel stage: won deals among the closed ones that
-- entered it.
-- Grain: one row per vendor, pipeline_id and funnel_position with a closed deal.
with
    entries as (select * from {{ ref("int_deal_funnel_entries") }}),
    deals as (select * from {{ ref("fct_deals") }} where is_won or is_lost)
select
    cast(entries.vendor as string) as vendor,
    cast(entries.pipeline_id as string) as pipeline_id,
    cast(entries.funnel_position as int) as funnel_position,
    cast(count(*) as bigint) as closed_count,
    cast(count(*) filter (where deals.is_won) as bigint) as won_count,
    {{ safe_ratio("count(*) filter (where deals.is_won)", "count(*)") }} as win_rate
from entries
inner join deals on entries.deal_key = deals.deal_key
group by entries.vendor, entries.pipeline_id, entries.funnel_position
