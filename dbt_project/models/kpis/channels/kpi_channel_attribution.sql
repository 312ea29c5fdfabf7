-- Orders and net sales credited to channels and campaigns under every attribution model
-- (K64).
-- Grain: one row per (period_type, period_start_date, attribution_model_name,
-- scope_type, scope_name) with an order.
with
    credits as (select * from {{ ref("fct_attribution_credits") }}),
    periods as (
        select * from {{ ref("int_periods") }} where period_type not in ('day', 'week')
    ),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    daily as (
        select
            attribution_model_name,
            'channel' as scope_type,
            channel_group_name as scope_name,
            order_date,
            sum(credit_share) as credited_order_count,
            sum(credited_amount_base) as credited_amount_base,
            sum(
                case when credited_amount_base is null then credit_share else 0 end
            ) as unconverted_order_count,
            max(case when is_fallback then 1 else 0 end) as fallback_flag
        from credits
        group by attribution_model_name, channel_group_name, order_date
        union all
        select
            attribution_model_name,
            'campaign' as scope_type,
            coalesce(source_name || '/' || campaign_name, 'none') as scope_name,
            order_date,
            sum(credit_share) as credited_order_count,
            sum(credited_amount_base) as credited_amount_base,
            sum(
                case when credited_amount_base is null then credit_share else 0 end
            ) as unconverted_order_count,
            max(case when is_fallback then 1 else 0 end) as fallback_flag
        from credits
        group by
            attribution_model_name,
            coalesce(source_name || '/' || campaign_name, 'none'),
            order_date
    ),
    summed as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            daily.attribution_model_name,
            daily.scope_type,
            daily.scope_name,
            sum(daily.credited_order_count) as credited_order_count,
            coalesce(sum(daily.credited_amount_base), 0) as credited_amount_base,
            sum(daily.unconverted_order_count) as unconverted_order_count,
            max(daily.fallback_flag) as fallback_flag
        from daily
        inner join period_days on daily.order_date = period_days.calendar_date
        inner join
            periods
            on period_days.period_type = periods.period_type
            and period_days.period_start_date = periods.period_start_date
        group by
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            daily.attribution_model_name,
            daily.scope_type,
            daily.scope_name
    ),
    final as (
        select
            *,
            sum(credited_amount_base) over (
                partition by
                    period_type, period_start_date, attribution_model_name, scope_type
            ) as total_amount_base
        from summed
    )
select
    cast(period_type as string) as period_type,
    cast(attribution_model_name as string) as attribution_model_name,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(
        case
            when fallback_flag = 1
            then
                'linear, because fewer than {{ var("markov_minimum_orders") }} orders '
                || 'make no Markov chain'
        end as string
    ) as fallback_reason,
    cast(is_complete as boolean) as is_complete,
    cast(round(credited_order_count, 6) as double) as credited_orders,
    cast(round(unconverted_order_count, 6) as double) as unconverted_orders,
    cast(credited_amount_base as decimal(18, 2)) as credited_net_sales_amount_base,
    cast(total_amount_base as decimal(18, 2)) as total_net_sales_amount_base,
    {{ safe_ratio("credited_amount_base", "total_amount_base") }}
    as credited_net_sales_share,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
