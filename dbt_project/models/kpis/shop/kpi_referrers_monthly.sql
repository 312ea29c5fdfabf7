-- K40: visits, orders and sales by source, medium and channel group.
-- Grain: one row per (session_month, source_name, medium_name, channel_group_name) with
-- a visit.
with
    sessions as (select * from {{ ref("fct_sessions") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    periods as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    summed as (
        select
            dates.calendar_month as session_month,
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
        inner join dates on sessions.session_date = dates.calendar_date
        group by
            dates.calendar_month,
            sessions.source_name,
            sessions.medium_name,
            sessions.channel_group_name
    ),
    final as (
        select
            summed.*,
            periods.is_complete,
            sum(summed.session_count) over (
                partition by summed.session_month
            ) as month_session_count,
            sum(summed.order_count) over (
                partition by summed.session_month
            ) as month_order_count,
            sum(summed.net_sales_amount_base) over (
                partition by summed.session_month
            ) as month_net_sales_amount_base
        from summed
        inner join periods on summed.session_month = periods.period_start_date
    )
select
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
