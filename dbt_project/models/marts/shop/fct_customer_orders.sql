-- Orders of customers resolved over devices and systems, in the order they were placed.
-- Grain: one row per order_key. An order that names neither account nor device has no
-- customer.
with
    orders as (select * from {{ ref("fct_orders") }}),
    customer_records as (select * from {{ ref("dim_customer_records") }}),
    session_orders as (select * from {{ ref("int_session_orders") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    costs as (
        select
            order_key,
            -- One product of unknown cost leaves the order's margin unknown.
            case
                when
                    count(case when line_type = 'product' then order_line_key end)
                    = count(case when line_type = 'product' then cost_amount_base end)
                then sum(cost_amount_base)
            end as cost_amount_base
        from {{ ref("fct_order_lines") }}
        group by order_key
    ),
    resolved as (
        select
            orders.*,
            coalesce(users.customer_key, visitors.customer_key) as customer_key,
            costs.cost_amount_base,
            sessions.session_key,
            coalesce(sessions.channel_group_name, 'unknown') as channel_group_name
        from orders
        left join
            customer_records as users
            on orders.vendor = users.vendor
            and users.record_type = 'user'
            and orders.user_id = users.record_id
        left join
            customer_records as visitors
            on orders.vendor = visitors.vendor
            and visitors.record_type = 'visitor'
            and orders.anonymous_id = visitors.record_id
        left join
            session_orders
            on orders.vendor = session_orders.vendor
            and orders.order_id = session_orders.order_id
        left join sessions on session_orders.session_key = sessions.session_key
        left join costs on orders.order_key = costs.order_key
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by customer_key
                order by ordered_at asc nulls last, order_key asc nulls last
            ) as order_number,
            -- Orders of one day are one purchase.
            dense_rank() over (
                partition by customer_key order by order_date asc nulls last
            ) as purchase_number
        from resolved
    )
select
    cast(order_key as string) as order_key,
    cast(customer_key as string) as customer_key,
    cast(session_key as string) as session_key,
    cast(country_name as string) as country_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(
        case when customer_key is not null then order_number end as bigint
    ) as order_number,
    cast(
        case when customer_key is not null then purchase_number end as bigint
    ) as purchase_number,
    cast(
        gross_amount_base - discount_amount_base as decimal(18, 6)
    ) as net_sales_amount_base,
    cast(
        gross_amount_base - discount_amount_base - cost_amount_base as decimal(18, 6)
    ) as margin_amount_base,
    cast(order_date as date) as order_date,
    cast(ordered_at as timestamp) as ordered_at
from numbered
