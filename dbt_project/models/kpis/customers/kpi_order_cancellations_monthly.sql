-- K90: of the orders of a month, those cancelled up to now.
-- Grain: one row per (period_type, order_month, scope_type, scope_name) with an order.
with
    orders as (select * from {{ ref("int_order_scopes") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    final as (
        select
            days.period_type,
            days.period_start_date,
            orders.scope_type,
            orders.scope_name,
            count(*) as order_count,
            sum(case when orders.was_cancelled then 1 else 0 end) as cancelled_count
        from orders
        inner join days on orders.order_date = days.calendar_date
        group by
            days.period_type,
            days.period_start_date,
            orders.scope_type,
            orders.scope_name
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(months.is_complete as boolean) as is_complete,
    cast(final.order_count as bigint) as order_count,
    cast(final.cancelled_count as bigint) as cancelled_order_count,
    {{ safe_ratio("final.cancelled_count", "final.order_count") }} as cancellation_rate,
    cast(final.period_start_date as date) as order_month
from final
inner join
    months
    on final.period_type = months.period_type
    and final.period_start_date = months.period_start_date
