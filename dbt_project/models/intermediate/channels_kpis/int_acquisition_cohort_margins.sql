-- The margin that the customers won in a month have brought by the end of each month
-- since that is over (K50).
-- Grain: one row per (period_type, acquired_month, scope_type, scope_name,
-- month_number) in which they bought or returned something; the month of the first
-- order is 0.
with
    acquisitions as (select * from {{ ref("int_customer_acquisitions") }}),
    value_days as (select * from {{ ref("int_customer_value_days") }}),
    numbered as (
        select
            *,
            row_number() over (
                partition by period_type order by period_start_date asc nulls last
            ) as period_number
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select
            numbered.period_type,
            numbered.period_start_date,
            numbered.period_number,
            numbered.is_complete,
            days.calendar_date
        from {{ ref("int_period_days") }} as days
        inner join
            numbered
            on days.period_type = numbered.period_type
            and days.period_start_date = numbered.period_start_date
        where days.comparison_type = 'current'
    ),
    summed as (
        select
            won.period_type,
            won.period_start_date as acquired_month,
            acquisitions.scope_type,
            acquisitions.scope_name,
            spent.period_number - won.period_number as month_number,
            sum(value_days.margin_amount_base) as margin_amount,
            sum(value_days.sales_amount_base) as sales_amount,
            sum(value_days.covered_sales_amount_base) as covered_sales_amount
        from acquisitions
        inner join
            period_days as won on acquisitions.first_order_date = won.calendar_date
        inner join value_days on acquisitions.customer_key = value_days.customer_key
        inner join
            period_days as spent
            on value_days.value_date = spent.calendar_date
            and won.period_type = spent.period_type
        where spent.is_complete
        group by
            won.period_type,
            won.period_start_date,
            acquisitions.scope_type,
            acquisitions.scope_name,
            spent.period_number - won.period_number
    ),
    final as (
        select *, sum(margin_amount) over since_won as cumulative_margin_amount
        from summed
        window
            since_won as (
                partition by period_type, acquired_month, scope_type, scope_name
                order by month_number asc nulls last
                rows between unbounded preceding and current row
            )
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(month_number as bigint) as month_number,
    cast(margin_amount as decimal(18, 6)) as margin_amount_base,
    cast(sales_amount as decimal(18, 6)) as sales_amount_base,
    cast(covered_sales_amount as decimal(18, 6)) as covered_sales_amount_base,
    cast(cumulative_margin_amount as decimal(18, 6)) as cumulative_margin_amount_base,
    cast(acquired_month as date) as acquired_month
from final
