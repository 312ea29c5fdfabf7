-- The SLA of a conversation as events. Intercom says only which SLA applied and how it
-- ended, neither the target nor the instants: applied counts from the creation, hit and
-- missed from the agent's first reply, else the first close, else the last change.
-- Grain: one row per conversation and event.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    conversations as (
        select *
        from ({{ newest_rows("intercom", "conversations") }}) as conversations
        where sla_applied_sla_name is not null and created_at is not null
    ),
    events as (
        select
            id,
            sla_applied_sla_name,
            'apply_sla' as event_type,
            created_at as happened_at,
            _dlt_load_id
        from conversations
        union all
        select
            id,
            sla_applied_sla_name,
            case
                sla_applied_sla_status when 'hit' then 'fulfill' else 'breach'
            end as event_type,
            coalesce(
                statistics_first_admin_reply_at, statistics_first_close_at, updated_at
            ) as happened_at,
            _dlt_load_id
        from conversations
        where sla_applied_sla_status in ('hit', 'missed')
    )
select
    cast(id as string) as ticket_id,
    cast(event_type as string) as sla_event_id,
    -- One status for all targets of the SLA together.
    cast('any_target' as string) as metric_name,
    cast('1' as string) as instance_id,
    cast(event_type as string) as event_type,
    cast(sla_applied_sla_name as string) as policy_id,
    cast(sla_applied_sla_name as string) as policy_name,
    -- The API says neither the target nor whether office hours count.
    cast(null as bigint) as target_minutes,
    cast(null as boolean) as is_business_hours,
    false as is_deleted,
    cast(happened_at as timestamp) as happened_at,
    {{ loaded_at() }} as _loaded_at
from events
