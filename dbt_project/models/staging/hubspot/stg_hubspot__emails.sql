-- One-to-one e-mails in the columns that all activities share; HubSpot knows no
-- duration.
-- Grain: one row per e-mail id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with emails as ({{ newest_rows("hubspot", "emails") }})
select
    cast('email' as string) as activity_type,
    cast(id as string) as activity_id,
    cast(nullif(hubspot_owner_id, '') as string) as employee_id,
    cast(null as string) as attendee_employee_ids,
    cast(
        case
            upper(hs_email_direction)
            when 'EMAIL'
            then 'outbound'
            when 'INCOMING_EMAIL'
            then 'inbound'
            when 'FORWARDED_EMAIL'
            then 'forwarded'
        end as string
    ) as direction_type,
    cast(
        coalesce(nullif(lower(hs_email_status), ''), 'unknown') as string
    ) as outcome_status,
    false as is_connected,
    coalesce(archived, false) or is_vanished as is_archived,
    cast(null as double) as duration_minutes,
    cast(coalesce(hs_createdate, created_at) as timestamp) as booked_at,
    cast(hs_timestamp as timestamp) as started_at,
    cast(null as timestamp) as ended_at,
    {{ loaded_at() }} as _loaded_at
from emails
