-- K29: tickets beside the orders that they are compared with, both under the country of
-- the customer; an order of somebody whose country nobody knows is of its own.
-- Grain: one row per contact_type and contact_key.
with
    customers as (select * from {{ ref("dim_customers") }}),
    contacts as (
        select
            'ticket' as contact_type,
            ticket_key as contact_key,
            customer_key,
            cast(null as string) as country_name,
            created_date as contact_date
        from {{ ref("fct_tickets") }}
        union all
        select
            'order' as contact_type,
            order_key as contact_key,
            customer_key,
            country_name,
            order_date as contact_date
        from {{ ref("fct_customer_orders") }}
    )
select
    cast(contacts.contact_type as string) as contact_type,
    cast(contacts.contact_key as string) as contact_key,
    cast(contacts.customer_key as string) as customer_key,
    cast(
        coalesce(
            nullif(customers.country_name, 'unknown'), contacts.country_name, 'unknown'
        ) as string
    ) as country_name,
    cast(contacts.contact_date as date) as contact_date
from contacts
left join customers on contacts.customer_key = customers.customer_key
