-- The days on which a customer ordered, visited the shop or asked the helpdesk.
-- Grain: one row per (customer_key, activity_date).
with
    activities as (
        select
            customer_key,
            order_date as activity_date,
            1 as order_count,
            0 as visit_count,
            0 as ticket_count
        from {{ ref("fct_customer_orders") }}
        union all
        select
            customer_key,
            session_date as activity_date,
            0 as order_count,
            1 as visit_count,
            0 as ticket_count
        from {{ ref("fct_sessions") }}
        union all
        select
            customer_key,
            created_date as activity_date,
            0 as order_count,
            0 as visit_count,
            1 as ticket_count
        from {{ ref("fct_tickets") }}
    )
select
    cast(customer_key as string) as customer_key,
    cast(sum(order_count) as bigint) as order_count,
    cast(sum(visit_count) as bigint) as visit_count,
    cast(sum(ticket_count) as bigint) as ticket_count,
    cast(activity_date as date) as activity_date
from activities
where customer_key is not null and activity_date <= {{ as_of_date() }}
group by customer_key, activity_date
