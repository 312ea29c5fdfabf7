-- What contacts did at marketing events. Grain: one row per participation record.
with
    participations as (select * from {{ ref("int_marketing_event_participations") }}),
    events as (select * from {{ ref("int_marketing_events") }}),
    redirects as (
        select * from {{ ref("int_record_redirects") }} where record_type = 'contact'
    ),
    contacts as (select * from {{ ref("dim_contacts") }})
select
    cast(
        {{
            surrogate_key(
                ["participations.vendor", "participations.participation_id"]
            )
        }} as string
    ) as marketing_event_participation_key,
    cast(participations.vendor as string) as vendor,
    cast(participations.participation_id as string) as participation_id,
    cast(
        {{ surrogate_key(["events.vendor", "events.marketing_event_id"]) }} as string
    ) as marketing_event_key,
    cast(
        coalesce(contacts.contact_key, {{ unassigned_key() }}) as string
    ) as contact_key,
    cast(participations.attendance_status as string) as attendance_status,
    cast(participations.attendance_minutes as double) as attendance_minutes,
    cast(participations.attendance_share as double) as attendance_share,
    cast({{ local_date("participations.occurred_at") }} as date) as occurred_date,
    cast(participations.occurred_at as timestamp) as occurred_at,
    cast(participations._loaded_at as timestamp) as _loaded_at
from participations
inner join
    events
    on participations.vendor = events.vendor
    and participations.marketing_event_id = events.marketing_event_id
left join
    redirects
    on participations.vendor = redirects.vendor
    and participations.contact_id = redirects.merged_id
left join
    contacts
    on participations.vendor = contacts.vendor
    and coalesce(redirects.surviving_id, participations.contact_id)
    = contacts.contact_id
