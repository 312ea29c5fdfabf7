-- What channels cost: what is known to be theirs, day by day, and their part of what
-- the ledger holds beyond that, by the allocation table (K60).
-- Grain: one row per channel_cost_key: a marketing spend or the rest of a ledger month,
-- and the channel that bears it. Where the ledger speaks, they add up to it.
with
    spends as (select * from {{ ref("fct_marketing_spend_daily") }}),
    pools as (select * from {{ ref("int_ledger_cost_pools") }}),
    campaigns as (select * from {{ ref("dim_ad_campaigns") }}),
    cost_shares as (select * from {{ ref("channel_cost_shares") }}),
    -- Two CRMs may know one event.
    events as (
        select
            lower(trim(event_name)) as lower_event_name,
            min(event_name) as event_name,
            min(marketing_event_key) as marketing_event_key
        from {{ ref("dim_marketing_events") }}
        where event_name is not null
        group by lower(trim(event_name))
    ),
    weights as (
        select
            cost_source_type,
            source_name,
            channel_group_name,
            weight,
            sum(weight) over (
                partition by cost_source_type, source_name
                order by channel_group_name asc nulls last
                rows between unbounded preceding and current row
            ) as weight_up_to,
            sum(weight) over (
                partition by cost_source_type, source_name
            ) as total_weight
        from cost_shares
    ),
    items as (
        select
            spends.marketing_spend_key as record_key,
            spends.marketing_spend_key,
            spends.ad_campaign_key,
            events.marketing_event_key,
            case
                spends.spend_type
                when 'ads'
                then 'ad_platform'
                when 'offline'
                then 'offline_medium'
                else 'cost_channel'
            end as cost_source_type,
            spends.channel_name as source_name,
            spends.cost_type,
            coalesce(
                campaigns.utm_campaign, lower(trim(spends.campaign_name))
            ) as campaign_name,
            coalesce(events.event_name, trim(spends.event_name)) as event_name,
            spends.country_name,
            spends.is_committed,
            spends.spend_amount_base as item_amount,
            1 as day_number,
            1 as day_count,
            pools.period_type as ledger_period_type,
            pools.ledger_month,
            spends.spend_date as cost_date
        from spends
        left join campaigns on spends.ad_campaign_key = campaigns.ad_campaign_key
        left join events on lower(trim(spends.event_name)) = events.lower_event_name
        left join
            pools
            on spends.spend_date = pools.cost_date
            and spends.cost_type = pools.cost_type
            and not spends.is_committed
        union all
        select
            {{ surrogate_key(["period_type", "cost_type", "cost_date"]) }}
            as record_key,
            cast(null as string) as marketing_spend_key,
            cast(null as string) as ad_campaign_key,
            cast(null as string) as marketing_event_key,
            'ledger' as cost_source_type,
            cost_type as source_name,
            cost_type,
            cast(null as string) as campaign_name,
            cast(null as string) as event_name,
            cast(null as string) as country_name,
            false as is_committed,
            rest_amount_base as item_amount,
            day_number,
            day_count,
            period_type as ledger_period_type,
            ledger_month,
            cost_date
        from pools
        where rest_amount_base <> 0
    ),
    parts as (
        select
            items.*,
            coalesce(weights.channel_group_name, 'unassigned') as channel_group_name,
            case
                when weights.total_weight is null
                then cast(items.item_amount as decimal(28, 6))
                else
                    cast(
                        {{
                            running_share(
                                "items.item_amount",
                                "weights.weight_up_to",
                                "weights.total_weight",
                            )
                        }}
                        - {{
                            running_share(
                                "items.item_amount",
                                "(weights.weight_up_to - weights.weight)",
                                "weights.total_weight",
                            )
                        }} as decimal(28, 6)
                    )
            end as part_amount
        from items
        left join
            weights
            on items.cost_source_type = weights.cost_source_type
            and items.source_name = weights.source_name
    )
select
    cast(
        {{ surrogate_key(["cost_source_type", "record_key", "channel_group_name"]) }}
        as string
    ) as channel_cost_key,
    cast(marketing_spend_key as string) as marketing_spend_key,
    cast(ad_campaign_key as string) as ad_campaign_key,
    cast(marketing_event_key as string) as marketing_event_key,
    cast(cost_source_type as string) as cost_source_type,
    cast(channel_group_name as string) as channel_group_name,
    cast(cost_type as string) as cost_type,
    cast(campaign_name as string) as campaign_name,
    cast(event_name as string) as event_name,
    cast(country_name as string) as country_name,
    cast(ledger_period_type as string) as ledger_period_type,
    cast(channel_group_name <> 'not_a_channel' as boolean) as is_channel,
    cast(is_committed as boolean) as is_committed,
    cast(
        {{ running_share("part_amount", "day_number", "day_count") }}
        - {{ running_share("part_amount", "(day_number - 1)", "day_count") }}
        as decimal(18, 6)
    ) as cost_amount_base,
    cast(ledger_month as date) as ledger_month,
    cast(cost_date as date) as cost_date
from parts
