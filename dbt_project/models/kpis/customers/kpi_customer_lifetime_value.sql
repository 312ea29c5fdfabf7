-- K81: what customers were worth up to now, on average over everyone who ever ordered.
-- Grain: one row per (scope_type, scope_name), as of snapshot_date.
with
    buyers as (select * from {{ ref("int_buyer_scopes") }}),
    value_days as (select * from {{ ref("int_customer_value_days") }}),
    resolved as (select * from {{ ref("int_resolved_orders") }}),
    customer_values as (
        select
            customer_key,
            sum(sales_amount_base) as sales_amount_base,
            sum(covered_sales_amount_base) as covered_sales_amount_base,
            sum(margin_amount_base) as margin_amount_base,
            sum(net_value_amount_base) as net_value_amount_base,
            sum(unconverted_refund_count) as unconverted_refund_count
        from value_days
        group by customer_key
    ),
    final as (
        select
            buyers.scope_type,
            buyers.scope_name,
            count(*) as customer_count,
            sum(
                case when customer_values.net_value_amount_base <= 0 then 1 else 0 end
            ) as valueless_customer_count,
            sum(buyers.order_count) as order_count,
            sum(buyers.unconverted_order_count) as unconverted_order_count,
            sum(customer_values.unconverted_refund_count) as unconverted_refund_count,
            sum(customer_values.net_value_amount_base) as net_sales_amount_base,
            sum(customer_values.sales_amount_base) as sales_amount_base,
            sum(customer_values.covered_sales_amount_base) as covered_sales_amount_base,
            sum(customer_values.margin_amount_base) as covered_margin_amount_base
        from buyers
        inner join customer_values on buyers.customer_key = customer_values.customer_key
        where buyers.first_order_date <= {{ as_of_date() }}
        group by buyers.scope_type, buyers.scope_name
    ),
    covered as (
        select
            final.*,
            resolved.order_count as placed_order_count,
            resolved.resolved_order_count,
            resolved.resolved_order_share,
            -- Without a single known cost the margin is unknown, not 0.
            case
                when final.covered_sales_amount_base <> 0
                then final.covered_margin_amount_base
            end as margin_amount_base
        from final
        cross join resolved
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(customer_count as bigint) as customer_count,
    cast(valueless_customer_count as bigint) as valueless_customer_count,
    cast(order_count as bigint) as order_count,
    cast(unconverted_order_count as bigint) as unconverted_order_count,
    cast(unconverted_refund_count as bigint) as unconverted_refund_count,
    cast(net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    {{ safe_ratio("net_sales_amount_base", "customer_count") }} as lifetime_value,
    cast(sales_amount_base as decimal(18, 2)) as sales_amount_base,
    cast(covered_sales_amount_base as decimal(18, 2)) as covered_sales_amount_base,
    cast(margin_amount_base as decimal(18, 2)) as margin_amount_base,
    {{ safe_ratio("covered_sales_amount_base", "sales_amount_base") }}
    as margin_coverage_share,
    {{ safe_ratio("margin_amount_base", "customer_count") }} as lifetime_margin,
    cast(placed_order_count as bigint) as placed_order_count,
    cast(resolved_order_count as bigint) as resolved_order_count,
    cast(resolved_order_share as double) as resolved_order_share,
    {{ as_of_date() }} as snapshot_date
from covered
