-- Who was at a marketing event, as a touch of its channel; of several records of one
-- person the first counts.
-- Grain: one row per (customer_key, marketing_event_key).
with
    participations as (select * from {{ ref("fct_marketing_event_participations") }}),
    events as (select * from {{ ref("dim_marketing_events") }}),
    contacts as (select * from {{ ref("dim_contacts") }}),
    customer_records as (
        select * from {{ ref("dim_customer_records") }} where record_type = 'contact'
    ),
    channel_sources as (
        select *
        from {{ ref("channel_sources") }}
        where source_type = 'marketing_event_type'
    )
select
    cast(customer_records.customer_key as string) as customer_key,
    cast(participations.marketing_event_key as string) as marketing_event_key,
    cast(
        coalesce(min(channel_sources.channel_group_name), 'event') as string
    ) as channel_group_name,
    cast(min(events.event_type) as string) as event_type,
    cast(
        coalesce(
            min(events.event_name), 'event ' || min(events.marketing_event_id)
        ) as string
    ) as event_name,
    cast(min(participations.occurred_at) as timestamp) as touched_at
from participations
inner join events on participations.marketing_event_key = events.marketing_event_key
inner join contacts on participations.contact_key = contacts.contact_key
inner join
    customer_records
    on contacts.vendor = customer_records.vendor
    and contacts.contact_id = customer_records.record_id
left join channel_sources on events.event_type = channel_sources.source_name
where
    participations.attendance_status = 'attended'
    and participations.occurred_at <= {{ as_of() }}
group by customer_records.customer_key, participations.marketing_event_key
