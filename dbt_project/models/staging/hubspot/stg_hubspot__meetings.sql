-- Meetings in the columns that all activities share. Grain: one row per meeting id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with meetings as ({{ newest_rows("hubspot", "meetings") }})
select
    cast('meeting' as string) as activity_type,
    cast(id as string) as activity_id,
    cast(nullif(hubspot_owner_id, '') as string) as employee_id,
    cast(nullif(hs_attendee_owner_ids, '') as string) as attendee_employee_ids,
    cast(null as string) as direction_type,
    cast(
        case
            when upper(hs_meeting_outcome) = 'CANCELED'
            then 'cancelled'
            else coalesce(nullif(lower(hs_meeting_outcome), ''), 'unknown')
        end as string
    ) as outcome_status,
    false as is_connected,
    coalesce(archived, false) or is_vanished as is_archived,
    cast(
        case
            when hs_meeting_end_time >= coalesce(hs_meeting_start_time, hs_timestamp)
            then
                {{
                    minutes_between(
                        "coalesce(hs_meeting_start_time, hs_timestamp)",
                        "hs_meeting_end_time",
                    )
                }}
        end as double
    ) as duration_minutes,
    cast(coalesce(hs_createdate, created_at) as timestamp) as booked_at,
    cast(coalesce(hs_meeting_start_time, hs_timestamp) as timestamp) as started_at,
    cast(
        case
            when hs_meeting_end_time >= coalesce(hs_meeting_start_time, hs_timestamp)
            then hs_meeting_end_time
        end as timestamp
    ) as ended_at,
    {{ loaded_at() }} as _loaded_at
from meetings
