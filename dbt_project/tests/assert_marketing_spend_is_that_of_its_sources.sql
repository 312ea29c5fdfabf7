-- Fails if the days of a marketing cost do not add up to it: a spread that is cut
-- off, or a row that is joined twice, moves the efficiency of marketing without a
-- trace.
with
    sources as (
        select 'ads' as spend_type, currency, sum(spend_amount) as source_amount
        from {{ ref("int_ad_performance_daily") }}
        group by currency
        union all
        select 'offline' as spend_type, currency, sum(spend_amount) as source_amount
        from {{ ref("int_offline_spend") }}
        group by currency
        union all
        select 'channel' as spend_type, currency, sum(cost_amount) as source_amount
        from {{ ref("int_channel_costs") }}
        group by currency
    ),
    spread as (
        select spend_type, currency, sum(spend_amount) as spread_amount
        from {{ ref("fct_marketing_spend_daily") }}
        group by spend_type, currency
    )
select sources.spend_type, sources.currency, sources.source_amount, spread.spread_amount
from sources
left join
    spread
    on sources.spend_type = spread.spend_type
    and sources.currency = spread.currency
where
    sources.source_amount <> 0
    and coalesce(spread.spread_amount, 0) <> sources.source_amount
