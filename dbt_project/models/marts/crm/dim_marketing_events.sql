-- Trade fairs, webinars and other events. Grain: one row per marketing event.
select
    cast(
        {{ surrogate_key(["vendor", "marketing_event_id"]) }} as string
    ) as marketing_event_key,
    cast(vendor as string) as vendor,
    cast(marketing_event_id as string) as marketing_event_id,
    cast(event_name as string) as event_name,
    cast(event_type as string) as event_type,
    cast(organizer_name as string) as organizer_name,
    is_cancelled,
    cast(registrant_count as bigint) as registrant_count,
    cast(attendee_count as bigint) as attendee_count,
    cast({{ local_date("started_at") }} as date) as start_date,
    cast({{ local_date("ended_at") }} as date) as end_date,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at,
    cast(_loaded_at as timestamp) as _loaded_at
from {{ ref("int_marketing_events") }}
