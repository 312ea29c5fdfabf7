-- Which channels people came by, one after the other, and how many of them ordered:
-- what the Markov chain is made of (K64).
-- Grain: one row per channel_path. A path that ordered is an order's touches; one that
-- did not is the last visits and events of somebody who never ordered.
with
    touches as (select * from {{ ref("int_order_touches") }}),
    orders as (select * from {{ ref("fct_customer_orders") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    event_touches as (select * from {{ ref("int_marketing_event_touches") }}),
    buyers as (
        select customer_key
        from orders
        where customer_key is not null
        group by customer_key
    ),
    occasions as (
        select customer_key, visitor_key, channel_group_name, order_count, started_at
        from sessions
        union all
        select
            customer_key,
            cast(null as string) as visitor_key,
            channel_group_name,
            0 as order_count,
            touched_at as started_at
        from event_touches
    ),
    visits as (
        select
            coalesce(occasions.customer_key, occasions.visitor_key) as path_key,
            occasions.channel_group_name,
            occasions.started_at,
            max(occasions.started_at) over (
                partition by coalesce(occasions.customer_key, occasions.visitor_key)
            ) as last_started_at,
            max(occasions.order_count) over (
                partition by coalesce(occasions.customer_key, occasions.visitor_key)
            ) as max_order_count
        from occasions
        left join buyers on occasions.customer_key = buyers.customer_key
        where buyers.customer_key is null
    ),
    paths as (
        select
            order_key as path_key,
            1 as order_count,
            {{ ordered_list("channel_group_name", "touch_number", separator=" > ") }}
            as channel_path
        from touches
        where coalesce(session_key, marketing_event_key) is not null
        group by order_key
        union all
        select
            path_key,
            0 as order_count,
            {{ ordered_list("channel_group_name", "started_at", separator=" > ") }}
            as channel_path
        from visits
        where
            max_order_count = 0
            and started_at
            > last_started_at - interval {{ var("attribution_days") }} day
        group by path_key
    )
select
    cast(channel_path as string) as channel_path,
    cast(count(*) as bigint) as path_count,
    cast(sum(order_count) as bigint) as order_count
from paths
group by channel_path
