-- In which scopes a customer was won: in total, by paid channels, by the channel and by
-- the campaign of the visit of his first order.
-- Grain: one row per (customer_key, scope_type).
with
    buyers as (select * from {{ ref("int_buyers") }}),
    orders as (
        select *
        from {{ ref("fct_customer_orders") }}
        where order_number = 1 and customer_key is not null
    ),
    sessions as (select * from {{ ref("fct_sessions") }}),
    won as (
        select
            buyers.customer_key,
            buyers.channel_group_name,
            lower(sessions.campaign_name) as campaign_name,
            buyers.first_order_date
        from buyers
        inner join orders on buyers.customer_key = orders.customer_key
        left join sessions on orders.session_key = sessions.session_key
        where buyers.first_order_date <= {{ as_of_date() }}
    ),
    final as (
        select
            customer_key, 'total' as scope_type, 'all' as scope_name, first_order_date
        from won
        union all
        select
            customer_key, 'paid' as scope_type, 'paid' as scope_name, first_order_date
        from won
        where {{ is_paid_channel("channel_group_name") }}
        union all
        select
            customer_key,
            'channel' as scope_type,
            channel_group_name as scope_name,
            first_order_date
        from won
        union all
        select
            customer_key,
            'campaign' as scope_type,
            campaign_name as scope_name,
            first_order_date
        from won
        where campaign_name is not null
    )
select
    cast(customer_key as string) as customer_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(first_order_date as date) as first_order_date
from final
