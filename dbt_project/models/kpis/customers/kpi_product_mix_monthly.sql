-- K90: what part of a month's gross sales each category has, and how even the parts
-- are.
-- Grain: one row per (period_type, sales_month, scope_type, scope_name, category_name)
-- with a product sold.
with
    orders as (select * from {{ ref("int_order_scopes") }}),
    lines as (
        select
            order_key,
            coalesce(category_name, 'unknown') as category_name,
            quantity,
            gross_amount_base
        from {{ ref("fct_order_lines") }}
        where line_type = 'product'
    ),
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
    categories as (
        select
            days.period_type,
            days.period_start_date,
            orders.scope_type,
            orders.scope_name,
            lines.category_name,
            sum(lines.quantity) as unit_count,
            sum(
                case when lines.gross_amount_base is null then 1 else 0 end
            ) as unconverted_line_count,
            sum(coalesce(lines.gross_amount_base, 0)) as gross_sales_amount_base
        from orders
        inner join lines on orders.order_key = lines.order_key
        inner join days on orders.order_date = days.calendar_date
        group by
            days.period_type,
            days.period_start_date,
            orders.scope_type,
            orders.scope_name,
            lines.category_name
    ),
    totals as (
        select
            *,
            sum(gross_sales_amount_base) over (
                partition by period_type, period_start_date, scope_type, scope_name
            ) as total_amount_base
        from categories
    ),
    shared as (
        select
            *,
            {{ safe_ratio("gross_sales_amount_base", "total_amount_base") }}
            as mix_share
        from totals
    ),
    final as (
        select
            *,
            -- An absent category adds nothing: p ln p goes to 0 with p.
            - sum(
                case when mix_share > 0 then mix_share * ln(mix_share) else 0 end
            ) over (partition by period_type, period_start_date, scope_type, scope_name)
            as entropy
        from shared
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(final.category_name as string) as category_name,
    cast(months.is_complete as boolean) as is_complete,
    cast(final.unit_count as decimal(18, 6)) as unit_count,
    cast(final.unconverted_line_count as bigint) as unconverted_line_count,
    cast(final.gross_sales_amount_base as decimal(18, 2)) as gross_sales_amount_base,
    cast(final.total_amount_base as decimal(18, 2)) as total_gross_sales_amount_base,
    cast(final.mix_share as double) as mix_share,
    cast(
        round(
            case when final.mix_share is not null then final.entropy end, 12
        ) as double
    ) as mix_entropy,
    cast(final.period_start_date as date) as sales_month
from final
inner join
    months
    on final.period_type = months.period_type
    and final.period_start_date = months.period_start_date
