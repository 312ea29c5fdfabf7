-- Tasks: calls, e-mails and to-dos in the columns that all activities share.
-- Grain: one row per task id; the pattern of a recurring task is none.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    tasks as ({{ newest_rows("salesforce", "tasks", newest_by="system_modstamp") }}),
    typed as (
        select
            *,
            case
                when task_subtype = 'Call' or (task_subtype is null and call_type <> '')
                then 'call'
                when task_subtype in ('Email', 'ListEmail')
                then 'email'
                else 'task'
            end as activity_type,
            case
                when call_duration_in_seconds >= 0 then call_duration_in_seconds
            end as call_seconds
        from tasks
        where not coalesce(is_recurrence, false)
    ),
    -- A call is logged when it ends; one that is logged on a later day says only its
    -- day.
    timed as (
        select
            *,
            case
                when activity_type <> 'call'
                then completed_date_time
                when
                    activity_date is null
                    or {{ local_date("completed_date_time") }} = activity_date
                then
                    {{
                        plus_milliseconds(
                            "completed_date_time", "-1000 * coalesce(call_seconds, 0)"
                        )
                    }}
                else {{ noon_of("activity_date") }}
            end as started_at
        from typed
    )
select
    cast(activity_type as string) as activity_type,
    cast(id as string) as activity_id,
    cast(owner_id as string) as employee_id,
    cast(null as string) as attendee_employee_ids,
    -- Of an e-mail only its subject says who wrote it: "Email: <<" was received.
    cast(
        case
            when activity_type = 'call'
            then nullif(lower(trim(call_type)), '')
            when activity_type = 'email'
            then
                case
                    when subject like '%<<%' or lower(subject) like '%[in]%'
                    then 'inbound'
                    else 'outbound'
                end
        end as string
    ) as direction_type,
    cast(
        case
            when is_closed and activity_type = 'email'
            then 'sent'
            when is_closed
            then 'completed'
            else coalesce(nullif(lower(replace(trim(status), ' ', '_')), ''), 'unknown')
        end as string
    ) as outcome_status,
    -- What the rep wrote says that nobody answered; else a call that lasted did.
    coalesce(
        activity_type = 'call'
        and is_closed
        and call_seconds > 0
        and not (
            lower(coalesce(call_disposition, '')) like '%no answer%'
            or lower(coalesce(call_disposition, '')) like '%not reached%'
            or lower(coalesce(call_disposition, '')) like '%voicemail%'
            or lower(coalesce(call_disposition, '')) like '%left message%'
            or lower(coalesce(call_disposition, '')) like '%busy%'
            or lower(coalesce(call_disposition, '')) like '%wrong number%'
        ),
        false
    ) as is_connected,
    -- Archived by Salesforce (a year old) is not archived by anybody.
    coalesce(is_deleted, false) or is_vanished as is_archived,
    cast(
        case
            when activity_type = 'call' then cast(call_seconds as double) / 60
        end as double
    ) as duration_minutes,
    cast(created_date as timestamp) as booked_at,
    cast(started_at as timestamp) as started_at,
    cast(
        case
            when activity_type = 'call' and call_seconds is not null
            then {{ plus_milliseconds("started_at", "1000 * call_seconds") }}
        end as timestamp
    ) as ended_at,
    {{ loaded_at() }} as _loaded_at
from timed
