-- Who is a customer on each evaluation date, and what was known of him by then.
-- Grain: one row per (evaluation_date, customer_key): whoever had ordered or asked the
-- helpdesk by then, and did anything within health_memory_days before it.
{% set until_now %}
    over (
        partition by customer_key
        order by activity_date asc nulls last
        rows between unbounded preceding and current row
    )
{% endset %}
with
    days as (select * from {{ ref("int_health_activity_days") }}),
    dates as (
        select evaluation_date
        from {{ ref("int_health_dates") }}
        group by evaluation_date
    ),
    customers as (select * from {{ ref("dim_customers") }}),
    age_groups as (select * from {{ ref("age_groups") }}),
    -- Between two days of activity nothing changes.
    known as (
        select
            customer_key,
            activity_date,
            lead(activity_date) over (
                partition by customer_key order by activity_date asc nulls last
            ) as next_activity_date,
            sum(order_count + ticket_count) {{ until_now }} as bond_count,
            sum(visit_count) {{ until_now }} as visit_count,
            sum(
                case when order_count > 0 then 1 else 0 end
            ) {{ until_now }} as purchase_count,
            min(
                case when order_count > 0 then activity_date end
            ) {{ until_now }} as first_order_date,
            max(
                case when order_count > 0 then activity_date end
            ) {{ until_now }} as last_order_date,
            max(case when order_count + visit_count > 0 then activity_date end)
            {{ until_now }} as last_shop_date
        from days
    ),
    scored as (
        select dates.evaluation_date, known.*
        from dates
        inner join
            known
            on dates.evaluation_date >= known.activity_date
            and coalesce(dates.evaluation_date < known.next_activity_date, true)
        where
            known.bond_count > 0
            and {{ days_between("known.activity_date", "dates.evaluation_date") }}
            < {{ var("health_memory_days") }}
    ),
    final as (
        select
            scored.*,
            coalesce(customers.region_name, 'unknown') as region_name,
            {{ age_in_years("customers.birth_date", "scored.evaluation_date") }} as age,
            {{ days_between("scored.last_shop_date", "scored.evaluation_date") }}
            as shop_absence_days
        from scored
        left join customers on scored.customer_key = customers.customer_key
    )
select
    cast(final.customer_key as string) as customer_key,
    cast(final.region_name as string) as region_name,
    cast(coalesce(age_groups.age_group_name, 'unknown') as string) as age_group_name,
    final.visit_count > 0 as has_visited,
    coalesce(
        final.shop_absence_days < {{ var("health_window_days") }}, false
    ) as is_active,
    cast(final.purchase_count as bigint) as purchase_count,
    cast(final.shop_absence_days as bigint) as shop_absence_days,
    cast(final.evaluation_date as date) as evaluation_date,
    cast(final.first_order_date as date) as first_order_date,
    cast(final.last_order_date as date) as last_order_date,
    cast(final.activity_date as date) as last_activity_date
from final
left join age_groups on final.age between age_groups.first_age and age_groups.last_age
