-- What winning customers cost by day, in the scopes that customers are won in.
-- Grain: one row per (cost_date, scope_type, scope_name).
with
    costs as (select * from {{ ref("fct_channel_costs") }} where is_channel),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, costs.*
        from costs
        union all
        select 'paid' as scope_type, 'paid' as scope_name, costs.*
        from costs
        where {{ is_paid_channel("channel_group_name") }}
        union all
        select 'channel' as scope_type, channel_group_name as scope_name, costs.*
        from costs
        union all
        select 'campaign' as scope_type, campaign_name as scope_name, costs.*
        from costs
        where campaign_name is not null
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(sum(coalesce(cost_amount_base, 0)) as decimal(18, 6)) as cost_amount_base,
    cast(count(*) - count(cost_amount_base) as bigint) as unconverted_cost_count,
    cast(cost_date as date) as cost_date
from scoped
group by scope_type, scope_name, cost_date
