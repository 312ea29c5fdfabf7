-- Members of campaigns that are events. Grain: one row per campaign member id.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    members as (
        {{ newest_rows("salesforce", "campaign_members", newest_by="system_modstamp") }}
    ),
    events as (select * from {{ ref("stg_salesforce__event_campaigns") }})
select
    cast(members.id as string) as participation_id,
    cast(members.campaign_id as string) as marketing_event_id,
    -- A member of a lead that was converted since names both; the contact counts.
    cast(coalesce(members.contact_id, members.lead_id) as string) as contact_id,
    cast(
        case
            when lower(trim(members.status)) in ('canceled', 'cancelled')
            then 'cancelled'
            when lower(trim(members.status)) = 'responded'
            then 'registered'
            else
                coalesce(
                    nullif(lower(replace(trim(members.status), ' ', '_')), ''),
                    'unknown'
                )
        end as string
    ) as attendance_status,
    cast(null as double) as attendance_minutes,
    cast(null as double) as attendance_share,
    cast(
        coalesce(
            {{ noon_of("members.first_responded_date") }},
            cast(members.created_date as timestamp)
        ) as timestamp
    ) as occurred_at,
    {{ loaded_at("members._dlt_load_id") }} as _loaded_at
from members
inner join events on members.campaign_id = events.marketing_event_id
where not coalesce(members.is_deleted, false) and not members.is_vanished
