-- What trade shows and other marketing events brought within 30, 90 and 180 days of
-- their last day, against all that they cost (K61, K65).
-- Grain: one row per (marketing_event_key, horizon_days, attribution_model_name).
with
    events as (select * from {{ ref("dim_marketing_events") }}),
    touches as (select * from {{ ref("int_marketing_event_touches") }}),
    leads as (select * from {{ ref("fct_leads") }}),
    costs as (select * from {{ ref("fct_channel_costs") }}),
    credits as (select * from {{ ref("fct_attribution_credits") }}),
    deal_credits as (select * from {{ ref("fct_deal_attribution_credits") }}),
    deal_touches as (
        select *
        from {{ ref("int_deal_touches") }}
        where scope_type = 'marketing_event' and is_influence
    ),
    deals as (select * from {{ ref("fct_deals") }}),
    models as (
        select attribution_model_name
        from credits
        group by attribution_model_name
        union
        select attribution_model_name
        from deal_credits
        group by attribution_model_name
    ),
    horizons as (
        {% for days in var("event_horizon_days") %}
            select cast({{ days }} as int) as horizon_days
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    windows as (
        select
            events.marketing_event_key,
            events.event_name,
            events.event_type,
            horizons.horizon_days,
            events.start_date,
            coalesce(events.end_date, events.start_date) as end_date,
            coalesce(events.end_date, events.start_date)
            + horizons.horizon_days as last_date
        from events
        cross join horizons
        where events.start_date <= {{ as_of_date() }}
    ),
    reached as (
        select marketing_event_key, count(*) as attendee_count
        from touches
        group by marketing_event_key
    ),
    spent as (
        select
            marketing_event_key,
            sum(coalesce(cost_amount_base, 0)) as cost_amount,
            sum(
                case when is_committed then coalesce(cost_amount_base, 0) else 0 end
            ) as committed_amount
        from costs
        where marketing_event_key is not null
        group by marketing_event_key
    ),
    met as (
        select
            windows.marketing_event_key,
            windows.horizon_days,
            count(*) as lead_count,
            count(
                case when leads.qualified_date <= windows.last_date then 1 end
            ) as qualified_count
        from windows
        inner join
            leads
            on windows.marketing_event_key = leads.marketing_event_key
            and windows.last_date >= leads.lead_date
        group by windows.marketing_event_key, windows.horizon_days
    ),
    pipeline as (
        select
            windows.marketing_event_key,
            windows.horizon_days,
            count(*) as deal_count,
            coalesce(sum(deals.deal_amount_base), 0) as deal_amount,
            count(
                case
                    when deals.is_won and deals.close_date <= windows.last_date then 1
                end
            ) as won_count,
            coalesce(
                sum(
                    case
                        when deals.is_won and deals.close_date <= windows.last_date
                        then deals.deal_amount_base
                    end
                ),
                0
            ) as won_amount
        from windows
        inner join deal_touches on windows.event_name = deal_touches.scope_name
        inner join
            deals
            on deal_touches.deal_key = deals.deal_key
            and windows.start_date <= deals.created_date
            and windows.last_date >= deals.created_date
        group by windows.marketing_event_key, windows.horizon_days
    ),
    credited as (
        select
            windows.marketing_event_key,
            windows.horizon_days,
            credits.attribution_model_name,
            sum(credits.credit_share) as order_parts,
            coalesce(sum(credits.credited_amount_base), 0) as sales_amount,
            coalesce(
                sum(
                    case
                        when credits.credited_margin_amount_base is not null
                        then credits.credited_amount_base
                    end
                ),
                0
            ) as covered_sales_amount,
            coalesce(sum(credits.credited_margin_amount_base), 0) as margin_amount
        from windows
        inner join
            credits
            on windows.marketing_event_key = credits.marketing_event_key
            and windows.last_date >= credits.order_date
        group by
            windows.marketing_event_key,
            windows.horizon_days,
            credits.attribution_model_name
    ),
    credited_deals as (
        select
            windows.marketing_event_key,
            windows.horizon_days,
            deal_credits.attribution_model_name,
            coalesce(sum(deal_credits.credited_amount_base), 0) as deal_amount,
            coalesce(
                sum(
                    case
                        when deal_credits.credited_margin_amount_base is not null
                        then deal_credits.credited_amount_base
                    end
                ),
                0
            ) as covered_deal_amount,
            coalesce(sum(deal_credits.credited_margin_amount_base), 0) as margin_amount
        from windows
        inner join
            deal_credits
            on windows.marketing_event_key = deal_credits.marketing_event_key
            and windows.last_date >= deal_credits.won_date
        group by
            windows.marketing_event_key,
            windows.horizon_days,
            deal_credits.attribution_model_name
    ),
    final as (
        select
            windows.*,
            models.attribution_model_name,
            windows.last_date < {{ as_of_date() }} as is_mature,
            coalesce(reached.attendee_count, 0) as attendee_count,
            coalesce(met.lead_count, 0) as lead_count,
            coalesce(met.qualified_count, 0) as qualified_count,
            coalesce(pipeline.deal_count, 0) as deal_count,
            coalesce(pipeline.deal_amount, 0) as deal_amount,
            coalesce(pipeline.won_count, 0) as won_count,
            coalesce(pipeline.won_amount, 0) as won_amount,
            coalesce(spent.cost_amount, 0) as cost_amount,
            coalesce(spent.committed_amount, 0) as committed_amount,
            coalesce(credited.order_parts, 0) as order_parts,
            coalesce(credited.sales_amount, 0) as sales_amount,
            coalesce(credited.covered_sales_amount, 0) as covered_sales_amount,
            -- Without a single known cost of goods the margin is unknown, not 0.
            case
                when coalesce(credited.sales_amount, 0) = 0
                then 0
                when credited.covered_sales_amount <> 0
                then credited.margin_amount
            end as margin_amount,
            coalesce(credited_deals.deal_amount, 0) as credited_deal_amount,
            coalesce(credited_deals.covered_deal_amount, 0) as covered_deal_amount,
            case
                when coalesce(credited_deals.deal_amount, 0) = 0
                then 0
                when credited_deals.covered_deal_amount <> 0
                then credited_deals.margin_amount
            end as deal_margin_amount
        from windows
        cross join models
        left join reached on windows.marketing_event_key = reached.marketing_event_key
        left join spent on windows.marketing_event_key = spent.marketing_event_key
        left join
            met
            on windows.marketing_event_key = met.marketing_event_key
            and windows.horizon_days = met.horizon_days
        left join
            pipeline
            on windows.marketing_event_key = pipeline.marketing_event_key
            and windows.horizon_days = pipeline.horizon_days
        left join
            credited
            on windows.marketing_event_key = credited.marketing_event_key
            and windows.horizon_days = credited.horizon_days
            and models.attribution_model_name = credited.attribution_model_name
        left join
            credited_deals
            on windows.marketing_event_key = credited_deals.marketing_event_key
            and windows.horizon_days = credited_deals.horizon_days
            and models.attribution_model_name = credited_deals.attribution_model_name
    )
select
    cast(marketing_event_key as string) as marketing_event_key,
    cast(horizon_days as bigint) as horizon_days,
    cast(attribution_model_name as string) as attribution_model_name,
    cast(event_name as string) as event_name,
    cast(event_type as string) as event_type,
    cast(is_mature as boolean) as is_mature,
    cast(attendee_count as bigint) as attendee_count,
    cast(lead_count as bigint) as lead_count,
    cast(qualified_count as bigint) as qualified_lead_count,
    cast(deal_count as bigint) as influenced_deal_count,
    cast(won_count as bigint) as won_influenced_deal_count,
    cast(deal_amount as decimal(18, 2)) as influenced_deal_amount_base,
    cast(won_amount as decimal(18, 2)) as won_influenced_deal_amount_base,
    cast(round(order_parts, 6) as double) as credited_orders,
    cast(sales_amount as decimal(18, 2)) as credited_net_sales_amount_base,
    {{ safe_ratio("covered_sales_amount", "sales_amount") }} as margin_coverage_share,
    cast(margin_amount as decimal(18, 2)) as credited_margin_amount_base,
    cast(credited_deal_amount as decimal(18, 2)) as credited_deal_amount_base,
    {{ safe_ratio("covered_deal_amount", "credited_deal_amount") }}
    as deal_margin_coverage_share,
    cast(deal_margin_amount as decimal(18, 2)) as credited_deal_margin_amount_base,
    cast(cost_amount as decimal(18, 2)) as channel_cost_amount_base,
    cast(committed_amount as decimal(18, 2)) as committed_cost_amount_base,
    {{ safe_ratio("cost_amount", "lead_count") }} as cost_per_lead,
    {{ safe_ratio("cost_amount", "qualified_count") }} as cost_per_qualified_lead,
    {{ safe_ratio("(margin_amount - cost_amount)", "cost_amount") }} as event_roi,
    {{
        safe_ratio(
            "(margin_amount + deal_margin_amount - cost_amount)", "cost_amount"
        )
    }} as event_roi_with_deals,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date
from final
