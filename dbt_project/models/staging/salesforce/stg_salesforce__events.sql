-- Events: meetings in the columns that all activities share.
-- Grain: one row per event id; an invited colleague's copy and the pattern of a
-- recurring event are none.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    events as ({{ newest_rows("salesforce", "events", newest_by="system_modstamp") }}),
    relations as (
        {{ newest_rows("salesforce", "event_relations", newest_by="system_modstamp") }}
    ),
    invited as (
        select
            event_id,
            {{ ordered_list("relation_id", separator=";", is_distinct=true) }}
            as attendee_employee_ids
        from relations
        where
            relation_id like '005%'
            -- Without several people per activity an event's relations are invitees.
            and coalesce(is_invitee, true)
            and coalesce(status, '') <> 'Declined'
            and not coalesce(is_deleted, false)
            and not is_vanished
        group by event_id
    ),
    timed as (
        select
            *,
            coalesce(is_all_day_event, false) as is_whole_day,
            case
                when is_all_day_event
                then {{ noon_of("activity_date") }}
                else start_date_time
            end as started_at,
            -- A day in the calendar is not a meeting of 24 hours.
            case
                when not coalesce(is_all_day_event, false)
                then
                    coalesce(
                        end_date_time,
                        {{
                            plus_milliseconds(
                                "start_date_time", "60000 * duration_in_minutes"
                            )
                        }}
                    )
            end as ended_at
        from events
        where not coalesce(is_child, false) and not coalesce(is_recurrence, false)
    )
select
    cast('meeting' as string) as activity_type,
    cast(timed.id as string) as activity_id,
    cast(timed.owner_id as string) as employee_id,
    cast(invited.attendee_employee_ids as string) as attendee_employee_ids,
    cast(null as string) as direction_type,
    -- Salesforce has no outcome of an event: who cancels one deletes it, and one that
    -- is over was held. An org's own field says more (meeting_outcome_field).
    cast(
        case
            when lower(timed.meeting_outcome) in ('canceled', 'cancelled')
            then 'cancelled'
            when lower(timed.meeting_outcome) in ('completed', 'held', 'done')
            then 'completed'
            when nullif(trim(timed.meeting_outcome), '') is not null
            then lower(replace(trim(timed.meeting_outcome), ' ', '_'))
            when coalesce(timed.ended_at, timed.started_at) <= {{ as_of() }}
            then 'completed'
            else 'scheduled'
        end as string
    ) as outcome_status,
    false as is_connected,
    coalesce(timed.is_deleted, false) or timed.is_vanished as is_archived,
    cast(
        case
            when timed.ended_at >= timed.started_at
            then {{ minutes_between("timed.started_at", "timed.ended_at") }}
        end as double
    ) as duration_minutes,
    cast(timed.created_date as timestamp) as booked_at,
    cast(timed.started_at as timestamp) as started_at,
    cast(
        case
            when timed.ended_at >= timed.started_at then timed.ended_at
        end as timestamp
    ) as ended_at,
    {{ loaded_at("timed._dlt_load_id") }} as _loaded_at
from timed
left join invited on timed.id = invited.event_id
