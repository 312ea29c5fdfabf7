-- Copies of newsletters with their reader and day, for BI.
-- Grain: one row per newsletter_copy_key.
with
    copies as (select * from {{ ref("fct_newsletter_copies") }}),
    subscribers as (
        select * from {{ ref("dim_customer_records") }} where record_type = 'subscriber'
    ),
    customers as (select * from {{ ref("dim_customers") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    copies.newsletter_copy_key,
    subscribers.customer_key,
    copies.vendor,
    copies.send_id,
    copies.newsletter_name,
    customers.country_name,
    customers.age_group_name,
    customers.segment_name,
    {{ nobodys_rep() }},
    cast(coalesce(customers.region_name, 'unknown') as string) as region_name,
    copies.is_open_tracked,
    copies.was_delivered,
    copies.was_rejected,
    copies.was_opened,
    copies.was_opened_by_machine,
    copies.was_clicked,
    copies.was_clicked_by_machine,
    copies.has_complained,
    copies.has_unsubscribed,
    copies.send_date,
    {{ calendar_columns("days") }},
    copies.sent_at,
    copies.opened_at,
    copies.clicked_at
from copies
left join
    subscribers
    on copies.vendor = subscribers.vendor
    and copies.subscriber_id = subscribers.record_id
left join customers on subscribers.customer_key = customers.customer_key
left join days on copies.send_date = days.calendar_date
