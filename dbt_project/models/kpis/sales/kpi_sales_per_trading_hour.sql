-- K5: net sales per hour that the shops were open, by period.
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name) of
-- kpi_sales, scopes total, country, region and product_category.
with
    sales as (
        select *
        from {{ ref("kpi_sales") }}
        where scope_type in ('total', 'country', 'region', 'product_category')
    ),
    trading_hours as (select * from {{ ref("int_trading_hours_daily") }}),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            trading_hours.scope_type,
            trading_hours.scope_name,
            sum(trading_hours.trading_hours) as trading_hours,
            sum(
                case when trading_hours.trading_hours > 0 then 1 else 0 end
            ) as trading_day_count
        from trading_hours
        inner join
            period_days on trading_hours.calendar_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            trading_hours.scope_type,
            trading_hours.scope_name
    ),
    final as (
        select
            sales.*,
            coalesce(summed.trading_hours, 0) as trading_hours,
            coalesce(summed.trading_day_count, 0) as trading_day_count
        from sales
        left join
            summed
            on sales.period_type = summed.period_type
            and sales.period_start_date = summed.period_start_date
            -- Every shop sells every product.
            and case
                when sales.scope_type = 'product_category'
                then 'total'
                else sales.scope_type
            end
            = summed.scope_type
            and case
                when sales.scope_type = 'product_category'
                then 'all'
                else sales.scope_name
            end
            = summed.scope_name
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(event_dated_net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    cast(trading_day_count as bigint) as trading_day_count,
    cast(trading_hours as decimal(18, 6)) as trading_hours,
    {{ safe_ratio("event_dated_net_sales_amount_base", "trading_hours") }}
    as net_sales_per_trading_hour,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
