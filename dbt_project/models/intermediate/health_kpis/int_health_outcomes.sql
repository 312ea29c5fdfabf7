-- Who stayed away after an evaluation date: the only step of the health score that
-- looks ahead, and nothing that scores reads it.
-- Grain: one row per (evaluation_date, customer_key) who was active on the date, where
-- the next health_window_days are over.
{% set window_days = var("health_window_days") %}
with
    customers as (
        select *
        from {{ ref("int_health_customers") }}
        where
            is_active
            and {{ days_between("evaluation_date", as_of_date()) }} > {{ window_days }}
    ),
    days as (
        select *
        from {{ ref("int_health_activity_days") }}
        where order_count + visit_count > 0
    )
select
    cast(customers.customer_key as string) as customer_key,
    count(days.customer_key) = 0 as has_churned,
    cast(customers.evaluation_date as date) as evaluation_date
from customers
left join
    days
    on customers.customer_key = days.customer_key
    and customers.evaluation_date < days.activity_date
    and {{ days_between("customers.evaluation_date", "days.activity_date") }}
    <= {{ window_days }}
group by customers.evaluation_date, customers.customer_key
