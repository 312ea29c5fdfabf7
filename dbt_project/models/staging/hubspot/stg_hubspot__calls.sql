-- Calls in the columns that all activities share. Grain: one row per call id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with calls as ({{ newest_rows("hubspot", "calls") }})
select
    cast('call' as string) as activity_type,
    cast(id as string) as activity_id,
    cast(nullif(hubspot_owner_id, '') as string) as employee_id,
    cast(null as string) as attendee_employee_ids,
    cast(nullif(lower(hs_call_direction), '') as string) as direction_type,
    cast(
        case
            when upper(hs_call_status) in ('CANCELED', 'CANCELLED')
            then 'cancelled'
            else coalesce(nullif(lower(hs_call_status), ''), 'unknown')
        end as string
    ) as outcome_status,
    -- The disposition says whether somebody answered; without one of HubSpot's own
    -- (f240bbac = Connected, the others = nobody), a completed call with a duration
    -- did.
    case
        when hs_call_disposition = 'f240bbac-87c9-4f6e-bf70-924b57d47db7'
        then true
        when
            hs_call_disposition in (
                '73a0d17f-1163-4015-bdd5-ec830791da20',
                'b2cf5968-551e-4856-9783-52b3da59a7d0',
                'a4c4c377-d246-4b32-a13b-75a56a4cd0ff',
                '9d9162e7-6cf3-4944-bf63-4dff82258764',
                '17b47fee-58de-441e-a44c-c6300d46f273'
            )
        then false
        else
            coalesce(upper(hs_call_status) = 'COMPLETED', false)
            and coalesce(hs_call_duration > 0, false)
    end as is_connected,
    coalesce(archived, false) or is_vanished as is_archived,
    cast(
        case
            when hs_call_duration >= 0 then cast(hs_call_duration as double) / 60000
        end as double
    ) as duration_minutes,
    cast(coalesce(hs_createdate, created_at) as timestamp) as booked_at,
    cast(hs_timestamp as timestamp) as started_at,
    cast(
        case
            when hs_call_duration >= 0
            then {{ plus_milliseconds("hs_timestamp", "hs_call_duration") }}
        end as timestamp
    ) as ended_at,
    {{ loaded_at() }} as _loaded_at
from calls
