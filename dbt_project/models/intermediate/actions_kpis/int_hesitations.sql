-- Who left a cart or a checkout lately and has not ordered since (P17).
-- Grain: one row per person_key, his newest cart; without any, his newest checkout. A
-- person is a customer, or a device that no record names.
{% set window_milliseconds = var("cart_window_hours") * 3600000 %}
with
    sessions as (
        select *, coalesce(customer_key, visitor_key) as person_key
        from {{ ref("fct_sessions") }}
        where started_at <= {{ as_of() }}
    ),
    last_orders as (
        select customer_key, max(ordered_at) as last_ordered_at
        from {{ ref("fct_customer_orders") }}
        where customer_key is not null and ordered_at <= {{ as_of() }}
        group by customer_key
    ),
    carts as (
        select carts.*, sessions.person_key, sessions.visitor_key
        from {{ ref("fct_carts") }} as carts
        inner join sessions on carts.session_key = sessions.session_key
        where carts.cart_status = 'abandoned' and carts.order_key is null
    ),
    lefts as (
        select
            person_key,
            customer_key,
            visitor_key,
            cart_key,
            session_key,
            country_name,
            device_type,
            channel_group_name,
            unit_count,
            cart_amount_base,
            0 as without_cart_number,
            created_at as hesitating_since_at
        from carts
        union all
        select
            person_key,
            customer_key,
            visitor_key,
            cast(null as string) as cart_key,
            session_key,
            country_name,
            device_type,
            channel_group_name,
            cast(null as decimal(18, 6)) as unit_count,
            cast(null as decimal(18, 6)) as cart_amount_base,
            1 as without_cart_number,
            started_at as hesitating_since_at
        from sessions
        where
            furthest_step_number in (3, 4)
            and {{ plus_milliseconds("ended_at", window_milliseconds) }}
            <= {{ as_of() }}
    ),
    recent as (
        select
            lefts.*,
            row_number() over (
                partition by lefts.person_key
                order by
                    lefts.without_cart_number asc nulls last,
                    lefts.hesitating_since_at desc nulls last,
                    lefts.session_key asc nulls last,
                    lefts.cart_key asc nulls last
            ) as recency_number
        from lefts
        left join last_orders on lefts.customer_key = last_orders.customer_key
        where
            {{ days_between(local_date("lefts.hesitating_since_at"), as_of_date()) }}
            <= {{ var("hesitation_days") }}
            and coalesce(last_orders.last_ordered_at < lefts.hesitating_since_at, true)
    ),
    newest as (select * from recent where recency_number = 1),
    steps as (
        select
            newest.person_key,
            max(sessions.furthest_step_number) as furthest_step_number,
            max(sessions.ended_at) as last_seen_at
        from newest
        inner join
            sessions
            on newest.person_key = sessions.person_key
            and newest.hesitating_since_at <= sessions.ended_at
        group by newest.person_key
    ),
    final as (
        select newest.*, steps.furthest_step_number, steps.last_seen_at
        from newest
        inner join steps on newest.person_key = steps.person_key
    )
select
    cast(person_key as string) as person_key,
    cast(customer_key as string) as customer_key,
    cast(visitor_key as string) as visitor_key,
    cast(cart_key as string) as cart_key,
    cast(session_key as string) as session_key,
    cast(country_name as string) as country_name,
    cast(device_type as string) as device_type,
    cast(channel_group_name as string) as channel_group_name,
    cast(
        case
            when furthest_step_number <= 2
            then 'cart'
            when furthest_step_number = 3
            then 'checkout'
            else 'payment'
        end as string
    ) as step_name,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(cart_amount_base as decimal(18, 6)) as cart_amount_base,
    cast(hesitating_since_at as timestamp) as hesitating_since_at,
    cast(last_seen_at as timestamp) as last_seen_at
from final
