-- Customers with their rep and what they ordered, visited and asked, for BI.
-- Grain: one row per customer_key. Rep is the owner of the customer's newest CRM
-- contact that has one.
with
    customers as (select * from {{ ref("dim_customers") }}),
    records as (
        select *
        from {{ ref("dim_customer_records") }}
        where record_type = 'contact' and not is_deleted
    ),
    contacts as (select * from {{ ref("dim_contacts") }}),
    employees as (select * from {{ ref("dim_employees") }} where vendor <> 'none'),
    owners as (
        select
            records.customer_key,
            contacts.employee_key,
            row_number() over (
                partition by records.customer_key
                order by
                    contacts.created_at desc nulls last,
                    contacts.contact_key asc nulls last
            ) as owner_number
        from records
        inner join
            contacts
            on records.vendor = contacts.vendor
            and records.record_id = contacts.contact_id
        inner join employees on contacts.employee_key = employees.employee_key
    ),
    orders as (
        select
            customer_key,
            count(*) as order_count,
            max(purchase_number) as purchase_count,
            sum(net_sales_amount_base) as net_sales_amount_base,
            min(order_date) as first_order_date,
            max(order_date) as last_order_date
        from {{ ref("fct_customer_orders") }}
        group by customer_key
    ),
    sessions as (
        select
            customer_key,
            count(*) as session_count,
            max(session_date) as last_session_date
        from {{ ref("fct_sessions") }}
        group by customer_key
    ),
    tickets as (
        select
            customer_key,
            count(*) as ticket_count,
            sum(case when is_solved then 0 else 1 end) as open_ticket_count
        from {{ ref("fct_tickets") }}
        group by customer_key
    ),
    days as (select * from {{ ref("dim_dates") }})
select
    customers.customer_key,
    employees.employee_key,
    customers.country_name,
    customers.age_group_name,
    customers.segment_name,
    employees.full_name as rep_full_name,
    employees.rep_email,
    cast(coalesce(employees.team_name, 'no team') as string) as team_name,
    customers.region_name,
    customers.is_identified,
    customers.record_count,
    cast(coalesce(orders.order_count, 0) as bigint) as order_count,
    cast(coalesce(orders.purchase_count, 0) as bigint) as purchase_count,
    cast(
        coalesce(orders.net_sales_amount_base, 0) as decimal(18, 2)
    ) as net_sales_amount_base,
    cast(coalesce(sessions.session_count, 0) as bigint) as session_count,
    cast(coalesce(tickets.ticket_count, 0) as bigint) as ticket_count,
    cast(coalesce(tickets.open_ticket_count, 0) as bigint) as open_ticket_count,
    orders.first_order_date,
    {{ calendar_columns("days", prefix="first_order_") }},
    orders.last_order_date,
    sessions.last_session_date,
    customers.first_seen_at,
    customers.last_seen_at
from customers
left join
    owners on customers.customer_key = owners.customer_key and owners.owner_number = 1
left join employees on owners.employee_key = employees.employee_key
left join orders on customers.customer_key = orders.customer_key
left join sessions on customers.customer_key = sessions.customer_key
left join tickets on customers.customer_key = tickets.customer_key
left join days on orders.first_order_date = days.calendar_date
