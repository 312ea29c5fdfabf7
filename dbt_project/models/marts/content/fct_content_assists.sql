-- Which articles were read before an order, and the part of the order that each is
-- credited with.
-- Grain: one row per (order_key, article_key). Only orders that somebody's reading
-- preceded by content_touch_days or less.
with
    orders as (
        select * from {{ ref("fct_customer_orders") }} where customer_key is not null
    ),
    views as (select * from {{ ref("fct_page_views") }} where is_engaged),
    touched as (
        select
            orders.order_key,
            orders.customer_key,
            views.article_key,
            orders.net_sales_amount_base,
            orders.order_date,
            orders.ordered_at,
            count(*) as touch_count,
            max(views.viewed_at) as last_read_at
        from orders
        inner join
            views
            on orders.customer_key = views.customer_key
            and orders.ordered_at >= views.viewed_at
            and orders.ordered_at
            <= views.viewed_at + interval {{ var("content_touch_days") }} day
        group by
            orders.order_key,
            orders.customer_key,
            views.article_key,
            orders.net_sales_amount_base,
            orders.order_date,
            orders.ordered_at
    ),
    counted as (
        select
            *,
            count(*) over (partition by order_key) as article_count,
            row_number() over (
                partition by order_key
                order by last_read_at asc nulls last, article_key asc nulls last
            ) as article_number
        from touched
    ),
    final as (
        select
            *,
            -- Up to the last article exactly 1, so that the parts add up to the order.
            case
                when article_number = article_count
                then cast(1 as decimal(18, 12))
                else
                    cast(
                        cast(article_number as double)
                        / article_count as decimal(18, 12)
                    )
            end as share_up_to,
            case
                when article_number = 1
                then cast(0 as decimal(18, 12))
                else
                    cast(
                        cast(article_number - 1 as double)
                        / article_count as decimal(18, 12)
                    )
            end as share_before
        from counted
    )
select
    cast(order_key as string) as order_key,
    cast(article_key as string) as article_key,
    cast(customer_key as string) as customer_key,
    cast(touch_count as bigint) as touch_count,
    cast(article_count as bigint) as article_count,
    {{ safe_ratio("1", "article_count") }} as credit_share,
    cast(net_sales_amount_base as decimal(18, 6)) as net_sales_amount_base,
    cast(
        round(net_sales_amount_base * share_up_to, 6)
        - round(net_sales_amount_base * share_before, 6) as decimal(18, 6)
    ) as credited_net_sales_amount_base,
    cast(order_date as date) as order_date,
    cast(last_read_at as timestamp) as last_read_at,
    cast(ordered_at as timestamp) as ordered_at
from final
