-- What contacts did at marketing events. Grain: one row per participation id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    participations as (
        {{
            newest_rows(
                "hubspot", "marketing_event_participations", newest_by="occurred_at"
            )
        }}
    )
select
    cast(id as string) as participation_id,
    cast(marketing_event_id as string) as marketing_event_id,
    cast(nullif(contact_id, '') as string) as contact_id,
    cast(
        case
            when upper(attendance_state) = 'EMPTY' or attendance_state is null
            then 'unknown'
            else lower(attendance_state)
        end as string
    ) as attendance_status,
    cast(attendance_duration_seconds as double) / 60 as attendance_minutes,
    cast(attendance_percentage as double) as attendance_share,
    cast(occurred_at as timestamp) as occurred_at,
    {{ loaded_at() }} as _loaded_at
from participations
