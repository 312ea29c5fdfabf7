-- Which people a deal is about.
-- Grain: one row per (deal_key, customer_key).
with
    deals as (select * from {{ ref("fct_deals") }}),
    links as (
        select *
        from {{ ref("int_record_associations") }}
        where from_type = 'deal' and to_type = 'contact'
    ),
    contacts as (select * from {{ ref("dim_contacts") }}),
    customer_records as (
        select * from {{ ref("dim_customer_records") }} where record_type = 'contact'
    )
select
    cast(deals.deal_key as string) as deal_key,
    cast(customer_records.customer_key as string) as customer_key,
    cast(min(deals.created_at) as timestamp) as created_at
from deals
inner join links on deals.vendor = links.vendor and deals.deal_id = links.from_id
inner join
    contacts on links.vendor = contacts.vendor and links.to_id = contacts.contact_id
inner join
    customer_records
    on contacts.vendor = customer_records.vendor
    and contacts.contact_id = customer_records.record_id
group by deals.deal_key, customer_records.customer_key
