-- P17: who left a cart or a checkout and has not ordered since: what it was worth, how
-- far he came, since when.
-- Grain: one row per person_key, as of snapshot_date.
with
    hesitations as (select * from {{ ref("int_hesitations") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    users as (
        select customer_key, min(record_id) as user_id
        from {{ ref("dim_customer_records") }}
        where record_type = 'user' and not is_deleted
        group by customer_key
    ),
    customer_values as (
        select customer_key, sum(net_value_amount_base) as net_value_amount_base
        from {{ ref("int_customer_value_days") }}
        group by customer_key
    )
select
    cast(hesitations.person_key as string) as person_key,
    cast(hesitations.customer_key as string) as customer_key,
    cast(hesitations.visitor_key as string) as visitor_key,
    cast(hesitations.cart_key as string) as cart_key,
    cast(hesitations.session_key as string) as session_key,
    cast(users.user_id as string) as user_id,
    cast(hesitations.step_name || ' left' as string) as reason_name,
    cast(hesitations.step_name as string) as step_name,
    cast(hesitations.country_name as string) as country_name,
    cast(hesitations.device_type as string) as device_type,
    cast(hesitations.channel_group_name as string) as channel_group_name,
    coalesce(customers.is_identified, false) as is_identified,
    customer_values.customer_key is not null as has_ordered_before,
    cast(hesitations.cart_amount_base as decimal(18, 2)) as stake_amount_base,
    cast(
        coalesce(customer_values.net_value_amount_base, 0) as decimal(18, 2)
    ) as net_sales_amount_base,
    cast(hesitations.unit_count as decimal(18, 6)) as unit_count,
    cast({{ local_date("hesitations.hesitating_since_at") }} as date) as since_date,
    {{ as_of_date() }} as snapshot_date,
    cast(hesitations.hesitating_since_at as timestamp) as hesitating_since_at,
    cast(hesitations.last_seen_at as timestamp) as last_seen_at
from hesitations
left join customers on hesitations.customer_key = customers.customer_key
left join users on hesitations.customer_key = users.customer_key
left join customer_values on hesitations.customer_key = customer_values.customer_key
