-- How many customers are active at the beginning and the end of a month that is over,
-- how many fell silent in it, and what all bought (K88). Active is who ordered within
-- formula_silence_days.
-- Grain: one row per (period_type, activity_month, scope_type, scope_name) with a
-- customer or a sale.
with
    purchases as (select * from {{ ref("int_purchases") }}),
    buyers as (select * from {{ ref("int_buyer_scopes") }}),
    value_days as (select * from {{ ref("int_customer_value_days") }}),
    periods as (
        select
            *,
            row_number() over (
                partition by period_type order by period_start_date asc nulls last
            ) as period_number
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month') and is_complete
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    active as (
        select periods.period_type, periods.period_number, purchases.customer_key
        from purchases
        inner join
            periods
            on purchases.purchase_date <= periods.period_end_date
            and coalesce(purchases.next_purchase_date, cast('9999-12-31' as date))
            > periods.period_end_date
            and purchases.purchase_date + {{ var("formula_silence_days") }}
            > periods.period_end_date
    ),
    measures as (
        select
            period_type,
            period_number,
            customer_key,
            1 as active_count,
            0 as opening_count,
            0 as churned_count,
            cast(0 as decimal(18, 6)) as sales_amount,
            cast(0 as decimal(18, 6)) as covered_sales_amount,
            cast(0 as decimal(18, 6)) as margin_amount
        from active
        union all
        select
            earlier.period_type,
            earlier.period_number + 1 as period_number,
            earlier.customer_key,
            0 as active_count,
            1 as opening_count,
            case when later.customer_key is null then 1 else 0 end as churned_count,
            cast(0 as decimal(18, 6)) as sales_amount,
            cast(0 as decimal(18, 6)) as covered_sales_amount,
            cast(0 as decimal(18, 6)) as margin_amount
        from active as earlier
        left join
            active as later
            on earlier.period_type = later.period_type
            and earlier.period_number + 1 = later.period_number
            and earlier.customer_key = later.customer_key
        union all
        select
            periods.period_type,
            periods.period_number,
            value_days.customer_key,
            0 as active_count,
            0 as opening_count,
            0 as churned_count,
            value_days.sales_amount_base as sales_amount,
            value_days.covered_sales_amount_base as covered_sales_amount,
            value_days.margin_amount_base as margin_amount
        from value_days
        inner join period_days on value_days.value_date = period_days.calendar_date
        inner join
            periods
            on period_days.period_type = periods.period_type
            and period_days.period_start_date = periods.period_start_date
    ),
    final as (
        select
            measures.period_type,
            measures.period_number,
            buyers.scope_type,
            buyers.scope_name,
            sum(measures.active_count) as active_count,
            sum(measures.opening_count) as opening_count,
            sum(measures.churned_count) as churned_count,
            sum(measures.sales_amount) as sales_amount,
            sum(measures.covered_sales_amount) as covered_sales_amount,
            sum(measures.margin_amount) as margin_amount
        from measures
        inner join buyers on measures.customer_key = buyers.customer_key
        group by
            measures.period_type,
            measures.period_number,
            buyers.scope_type,
            buyers.scope_name
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(final.period_number as bigint) as month_number,
    cast(final.active_count as bigint) as active_customer_count,
    cast(final.opening_count as bigint) as opening_customer_count,
    cast(final.churned_count as bigint) as churned_customer_count,
    cast(final.sales_amount as decimal(18, 6)) as sales_amount_base,
    cast(final.covered_sales_amount as decimal(18, 6)) as covered_sales_amount_base,
    cast(final.margin_amount as decimal(18, 6)) as margin_amount_base,
    cast(periods.period_start_date as date) as activity_month
from final
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_number = periods.period_number
