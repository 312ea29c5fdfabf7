-- Net sales of the shop per unit of money that marketing cost, all channels (K49).
-- Grain: one row per (period_type, spend_month) from the first sale or cost on,
-- without gaps.
{% set measures = [
    "net_sales_amount",
    "ad_spend_amount",
    "offline_spend_amount",
    "channel_cost_amount",
    "committed_amount",
    "unconverted_sale_count",
    "unconverted_spend_count",
] %}
with
    orders as (select * from {{ ref("fct_orders") }}),
    refunds as (select * from {{ ref("fct_refunds") }}),
    spends as (select * from {{ ref("fct_marketing_spend_daily") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    events as (
        select
            order_date as event_date,
            coalesce(gross_amount_base - discount_amount_base, 0) as net_sales_amount,
            0 as ad_spend_amount,
            0 as offline_spend_amount,
            0 as channel_cost_amount,
            0 as committed_amount,
            case
                when gross_amount_base is null then 1 else 0
            end as unconverted_sale_count,
            0 as unconverted_spend_count
        from orders
        union all
        select
            refund_date as event_date,
            - coalesce(returned_amount_base, 0) as net_sales_amount,
            0 as ad_spend_amount,
            0 as offline_spend_amount,
            0 as channel_cost_amount,
            0 as committed_amount,
            case
                when returned_amount_base is null then 1 else 0
            end as unconverted_sale_count,
            0 as unconverted_spend_count
        from refunds
        union all
        select
            spend_date as event_date,
            0 as net_sales_amount,
            case
                when spend_type = 'ads' then coalesce(spend_amount_base, 0) else 0
            end as ad_spend_amount,
            case
                when spend_type = 'offline' then coalesce(spend_amount_base, 0) else 0
            end as offline_spend_amount,
            case
                when spend_type = 'channel' then coalesce(spend_amount_base, 0) else 0
            end as channel_cost_amount,
            case
                when is_committed then coalesce(spend_amount_base, 0) else 0
            end as committed_amount,
            0 as unconverted_sale_count,
            case
                when spend_amount_base is null then 1 else 0
            end as unconverted_spend_count
        from spends
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date
            {%- for measure in measures %}
                , sum(events.{{ measure }}) as {{ measure }}
            {%- endfor %}
        from events
        inner join period_days on events.event_date = period_days.calendar_date
        group by period_days.period_type, period_days.period_start_date
    ),
    first_events as (select min(event_date) as first_date from events),
    first_sales as (select min(order_date) as first_date from orders),
    filled as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            -- Before the shop's first order its sales are unknown, not nothing.
            coalesce(
                periods.period_end_date >= first_sales.first_date, false
            ) as has_sales_begun
            {%- for measure in measures %}
                , coalesce(summed.{{ measure }}, 0) as {{ measure }}
            {%- endfor %}
        from periods
        inner join first_events on periods.period_end_date >= first_events.first_date
        cross join first_sales
        left join
            summed
            on periods.period_type = summed.period_type
            and periods.period_start_date = summed.period_start_date
    ),
    final as (
        select
            *,
            ad_spend_amount
            + offline_spend_amount
            + channel_cost_amount as total_spend_amount
        from filled
    )
select
    cast(period_type as string) as period_type,
    cast(is_complete as boolean) as is_complete,
    cast(
        period_end_date > {{ as_of_date() }} - {{ ad_finality_days() }} as boolean
    ) as is_provisional,
    cast(net_sales_amount as decimal(18, 2)) as event_dated_net_sales_amount_base,
    cast(ad_spend_amount as decimal(18, 2)) as ad_spend_amount_base,
    cast(offline_spend_amount as decimal(18, 2)) as offline_spend_amount_base,
    cast(channel_cost_amount as decimal(18, 2)) as channel_cost_amount_base,
    cast(total_spend_amount as decimal(18, 2)) as marketing_spend_amount_base,
    cast(committed_amount as decimal(18, 2)) as committed_spend_amount_base,
    cast(unconverted_sale_count as bigint) as unconverted_sale_count,
    cast(unconverted_spend_count as bigint) as unconverted_spend_count,
    case
        when has_sales_begun
        then {{ safe_ratio("net_sales_amount", "total_spend_amount") }}
    end as marketing_efficiency_ratio,
    cast(period_start_date as date) as spend_month
from final
