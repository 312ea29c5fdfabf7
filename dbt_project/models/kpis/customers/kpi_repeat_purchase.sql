-- K83: who ordered again within so many days of the first order.
-- Grain: one row per (window_days, scope_type, scope_name), as of snapshot_date.
with
    buyers as (select * from {{ ref("int_buyer_scopes") }}),
    resolved as (select * from {{ ref("int_resolved_orders") }}),
    windows as (
        {% for days in var("repeat_purchase_days") %}
            select {{ days }} as window_days
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    final as (
        select
            windows.window_days,
            buyers.scope_type,
            buyers.scope_name,
            -- One row: the same for every scope.
            max(resolved.resolved_order_share) as resolved_order_share,
            count(*) as customer_count,
            sum(
                case
                    when
                        {{ days_between("buyers.first_order_date", as_of_date()) }}
                        >= windows.window_days
                    then 1
                    else 0
                end
            ) as mature_customer_count,
            sum(
                case
                    when
                        {{ days_between("buyers.first_order_date", as_of_date()) }}
                        >= windows.window_days
                        and {{
                            days_between(
                                "buyers.first_order_date", "buyers.second_order_date"
                            )
                        }} <= windows.window_days
                    then 1
                    else 0
                end
            ) as repeat_customer_count
        from buyers
        cross join windows
        cross join resolved
        group by windows.window_days, buyers.scope_type, buyers.scope_name
    )
select
    cast(window_days as int) as window_days,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(customer_count as bigint) as customer_count,
    cast(mature_customer_count as bigint) as mature_customer_count,
    cast(repeat_customer_count as bigint) as repeat_customer_count,
    {{ safe_ratio("repeat_customer_count", "mature_customer_count") }}
    as repeat_purchase_rate,
    cast(resolved_order_share as double) as resolved_order_share,
    {{ as_of_date() }} as snapshot_date
from final
