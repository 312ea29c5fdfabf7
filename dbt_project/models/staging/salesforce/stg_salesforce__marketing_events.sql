-- Trade shows, conferences and webinars that were not deleted. The counters of a
-- campaign are roll-ups that change without a trace, so its members are counted.
-- Grain: one row per campaign id.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    events as (select * from {{ ref("stg_salesforce__event_campaigns") }}),
    counts as (
        select
            marketing_event_id,
            count(*) as registrant_count,
            count_if(attendance_status = 'attended') as attendee_count
        from {{ ref("stg_salesforce__marketing_event_participations") }}
        group by marketing_event_id
    )
select
    events.marketing_event_id,
    events.event_name,
    events.event_type,
    cast(null as string) as organizer_name,
    events.is_cancelled,
    cast(coalesce(counts.registrant_count, 0) as bigint) as registrant_count,
    cast(coalesce(counts.attendee_count, 0) as bigint) as attendee_count,
    events.started_at,
    events.ended_at,
    events._loaded_at
from events
left join counts on events.marketing_event_id = counts.marketing_event_id
where not events.is_archived
