-- What channels and campaigns brought in margin, credited by every attribution model,
-- against what they cost, all channels on the same basis (K65).
-- Grain: one row per (period_type, period_start_date, attribution_model_name,
-- scope_type, scope_name) with a credit or a cost; both sides stay when the other is
-- missing.
with
    credits as (select * from {{ ref("fct_attribution_credits") }}),
    deal_credits as (select * from {{ ref("fct_deal_attribution_credits") }}),
    costs as (select * from {{ ref("fct_channel_costs") }} where is_channel),
    periods as (
        select * from {{ ref("int_periods") }} where period_type not in ('day', 'week')
    ),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    models as (
        select attribution_model_name
        from credits
        group by attribution_model_name
        union
        select attribution_model_name
        from deal_credits
        group by attribution_model_name
    ),
    daily_costs as (
        select
            channel_group_name,
            campaign_name,
            cost_date,
            sum(coalesce(cost_amount_base, 0)) as cost_amount,
            sum(
                case when is_committed then coalesce(cost_amount_base, 0) else 0 end
            ) as committed_amount
        from costs
        group by channel_group_name, campaign_name, cost_date
    ),
    events as (
        select
            attribution_model_name,
            channel_group_name,
            case
                when marketing_event_key is null then lower(campaign_name)
            end as campaign_name,
            coalesce(credited_amount_base, 0) as sales_amount,
            case
                when credited_margin_amount_base is null
                then 0
                else credited_amount_base
            end as covered_sales_amount,
            coalesce(credited_margin_amount_base, 0) as margin_amount,
            0 as deal_amount,
            0 as covered_deal_amount,
            0 as deal_margin_amount,
            0 as cost_amount,
            0 as committed_amount,
            order_date as event_date
        from credits
        union all
        select
            attribution_model_name,
            channel_group_name,
            case
                when marketing_event_key is null then lower(campaign_name)
            end as campaign_name,
            0 as sales_amount,
            0 as covered_sales_amount,
            0 as margin_amount,
            coalesce(credited_amount_base, 0) as deal_amount,
            case
                when credited_margin_amount_base is null
                then 0
                else credited_amount_base
            end as covered_deal_amount,
            coalesce(credited_margin_amount_base, 0) as deal_margin_amount,
            0 as cost_amount,
            0 as committed_amount,
            won_date as event_date
        from deal_credits
        union all
        select
            models.attribution_model_name,
            daily_costs.channel_group_name,
            daily_costs.campaign_name,
            0 as sales_amount,
            0 as covered_sales_amount,
            0 as margin_amount,
            0 as deal_amount,
            0 as covered_deal_amount,
            0 as deal_margin_amount,
            daily_costs.cost_amount,
            daily_costs.committed_amount,
            daily_costs.cost_date as event_date
        from daily_costs
        cross join models
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, events.*
        from events
        union all
        select 'channel' as scope_type, channel_group_name as scope_name, events.*
        from events
        union all
        select 'campaign' as scope_type, campaign_name as scope_name, events.*
        from events
        where campaign_name is not null
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            events.attribution_model_name,
            events.scope_type,
            events.scope_name,
            sum(events.sales_amount) as sales_amount,
            sum(events.covered_sales_amount) as covered_sales_amount,
            sum(events.margin_amount) as margin_amount,
            sum(events.deal_amount) as deal_amount,
            sum(events.covered_deal_amount) as covered_deal_amount,
            sum(events.deal_margin_amount) as deal_margin_amount,
            sum(events.cost_amount) as cost_amount,
            sum(events.committed_amount) as committed_amount
        from scoped as events
        inner join period_days on events.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            events.attribution_model_name,
            events.scope_type,
            events.scope_name
    ),
    judged as (
        select
            *,
            -- Without a single known cost of goods the margin is unknown, not 0.
            case
                when sales_amount = 0 or covered_sales_amount <> 0 then margin_amount
            end as known_margin_amount,
            case
                when deal_amount = 0 or covered_deal_amount <> 0 then deal_margin_amount
            end as known_deal_margin_amount
        from final
    )
select
    cast(judged.period_type as string) as period_type,
    cast(judged.attribution_model_name as string) as attribution_model_name,
    cast(judged.scope_type as string) as scope_type,
    cast(judged.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(judged.sales_amount as decimal(18, 2)) as credited_net_sales_amount_base,
    cast(
        judged.covered_sales_amount as decimal(18, 2)
    ) as covered_net_sales_amount_base,
    {{ safe_ratio("judged.covered_sales_amount", "judged.sales_amount") }}
    as margin_coverage_share,
    cast(judged.known_margin_amount as decimal(18, 2)) as credited_margin_amount_base,
    cast(judged.deal_amount as decimal(18, 2)) as credited_deal_amount_base,
    {{ safe_ratio("judged.covered_deal_amount", "judged.deal_amount") }}
    as deal_margin_coverage_share,
    cast(
        judged.known_deal_margin_amount as decimal(18, 2)
    ) as credited_deal_margin_amount_base,
    cast(judged.cost_amount as decimal(18, 2)) as channel_cost_amount_base,
    cast(judged.committed_amount as decimal(18, 2)) as committed_cost_amount_base,
    {{
        safe_ratio(
            "(judged.known_margin_amount - judged.cost_amount)", "judged.cost_amount"
        )
    }} as channel_roi,
    {{
        safe_ratio(
            "(judged.known_margin_amount + judged.known_deal_margin_amount"
            " - judged.cost_amount)",
            "judged.cost_amount",
        )
    }} as channel_roi_with_deals,
    cast(judged.period_start_date as date) as period_start_date,
    cast(periods.period_end_date as date) as period_end_date
from judged
inner join
    periods
    on judged.period_type = periods.period_type
    and judged.period_start_date = periods.period_start_date
