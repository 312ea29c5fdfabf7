-- Trade fairs, webinars and other marketing events. Grain: one row per event id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with events as ({{ newest_rows("hubspot", "marketing_events") }})
select
    cast(id as string) as marketing_event_id,
    cast(nullif(trim(event_name), '') as string) as event_name,
    cast(nullif(lower(trim(event_type)), '') as string) as event_type,
    cast(nullif(trim(event_organizer), '') as string) as organizer_name,
    -- One that was deleted did not take place either.
    coalesce(event_cancelled, false) or is_vanished as is_cancelled,
    cast(registrants as bigint) as registrant_count,
    cast(attendees as bigint) as attendee_count,
    cast(start_at as timestamp) as started_at,
    cast(end_at as timestamp) as ended_at,
    {{ loaded_at() }} as _loaded_at
from events
