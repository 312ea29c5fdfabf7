-- K40: visits, orders and sales by source, medium and channel group.
-- Grain: one row per (period_type, session_month, source_name, medium_name,
-- channel_group_name) with a visit.
with
    sessions as (select * from {{ ref("fct_sessions") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    summed as (
        select
            periods.period_type,
            periods.period_start_date as session_month,
            periods.is_complete,
            sessions.source_name,
            sessions.medium_name,
            sessions.channel_group_name,
            count(*) as session_count,
            count(
                distinct coalesce(sessions.customer_key, sessions.visitor_key)
            ) as user_count,
            sum(sessions.order_count) as order_count,
            sum(sessions.unconverted_order_count) as unconverted_order_count,
            sum(sessions.net_sales_amount_base) as net_sales_amount_base
        from sessions
        inner join
            periods
            on sessions.session_date >= periods.period_start_date
            and sessions.session_date <= periods.period_end_date
        group by
            periods.period_type,
            periods.period_start_date,
            periods.is_complete,
            sessions.source_name,
            sessions.medium_name,
            sessions.channel_group_name
    ),
    final as (
        select
            *,
            sum(session_count) over (
                partition by period_type, session_month
            ) as month_session_count,
            sum(order_count) over (
                partition by period_type, session_month
            ) as month_order_count,
            sum(net_sales_amount_base) over (
                partition by period_type, session_month
            ) as month_net_sales_amount_base
        from summed
    )
select
    cast(period_type as string) as period_type,
    cast(source_name as string) as source_name,
    cast(medium_name as string) as medium_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(is_complete as boolean) as is_complete,
    cast(session_count as bigint) as session_count,
    cast(user_count as bigint) as user_count,
    cast(order_count as bigint) as order_count,
    cast(unconverted_order_count as bigint) as unconverted_order_count,
    cast(net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    cast(month_session_count as bigint) as month_session_count,
    cast(month_order_count as bigint) as month_order_count,
    cast(month_net_sales_amount_base as decimal(18, 2)) as month_net_sales_amount_base,
    {{ safe_ratio("session_count", "month_session_count") }} as session_share,
    {{ safe_ratio("order_count", "month_order_count") }} as order_share,
    {{ safe_ratio("net_sales_amount_base", "month_net_sales_amount_base") }}
    as net_sales_share,
    cast(session_month as date) as session_month
from final
