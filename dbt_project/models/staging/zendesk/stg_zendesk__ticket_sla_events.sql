-- What happened to the targets and timers of tickets.
-- Grain: one row per metric event; `measure` only says that a timer was looked at.
{{ config(enabled=is_vendor_used("zendesk")) }}
with events as ({{ newest_rows("zendesk", "ticket_metric_events", newest_by="time") }})
select
    cast(ticket_id as string) as ticket_id,
    cast(id as string) as sla_event_id,
    cast(metric as string) as metric_name,
    cast(instance_id as string) as instance_id,
    -- The time that a group holds a ticket has targets of its own kind.
    cast(
        case when type = 'apply_group_sla' then 'apply_sla' else type end as string
    ) as event_type,
    cast(coalesce(sla_policy_id, group_sla_policy_id) as string) as policy_id,
    cast(coalesce(sla_policy_title, group_sla_policy_title) as string) as policy_name,
    cast(coalesce(sla_target, group_sla_target) as bigint) as target_minutes,
    coalesce(sla_business_hours, group_sla_business_hours) as is_business_hours,
    coalesce(deleted, false) or is_vanished as is_deleted,
    cast(time as timestamp) as happened_at,
    {{ loaded_at() }} as _loaded_at
from events
where type <> 'measure' and ticket_id is not null and time is not null
