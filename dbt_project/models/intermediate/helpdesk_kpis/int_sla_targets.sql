-- K25: each target that applied to a ticket and whether it was kept, as the vendor's
-- events say; events that the vendor took back do not count.
-- Grain: one row per ticket_key, metric_name and instance_id.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    intervals as (select * from {{ ref("fct_ticket_intervals") }}),
    events as (
        select
            *,
            {{ surrogate_key(["vendor", "ticket_id"]) }} as ticket_key,
            row_number() over (
                partition by vendor, ticket_id, metric_name, instance_id, event_type
                order by
                    happened_at desc nulls last,
                    length(sla_event_id) desc nulls last,
                    sla_event_id desc nulls last
            ) as recency
        from {{ ref("int_ticket_sla_events") }}
        where
            not is_deleted
            and happened_at <= {{ as_of() }}
            and event_type in ('apply_sla', 'breach', 'fulfill')
    ),
    outcomes as (
        select
            ticket_key,
            metric_name,
            coalesce(instance_id, '') as instance_id,
            min(case when event_type = 'apply_sla' then happened_at end) as applied_at,
            max(
                case when event_type = 'apply_sla' then happened_at end
            ) as last_applied_at,
            bool_or(event_type = 'breach') as is_breached,
            bool_or(event_type = 'fulfill') as is_fulfilled
        from events
        group by ticket_key, metric_name, coalesce(instance_id, '')
    ),
    applied as (select * from events where event_type = 'apply_sla' and recency = 1)
select
    cast(outcomes.ticket_key as string) as ticket_key,
    cast(applied.vendor as string) as vendor,
    -- The vendor has one timer for replies, policies promise the first one apart.
    cast(
        case
            when outcomes.metric_name <> 'reply_time'
            then outcomes.metric_name
            when outcomes.instance_id = '1'
            then 'first_reply_time'
            else 'next_reply_time'
        end as string
    ) as metric_name,
    cast(outcomes.instance_id as string) as instance_id,
    cast(coalesce(applied.policy_id, '') as string) as policy_id,
    cast(applied.policy_name as string) as policy_name,
    cast(
        case
            when outcomes.is_breached
            then 'breached'
            when outcomes.is_fulfilled
            then 'achieved'
            else 'active'
        end as string
    ) as outcome_type,
    cast(intervals.group_id as string) as group_id,
    cast(intervals.priority_type as string) as priority_type,
    cast(tickets.channel_name as string) as channel_name,
    cast(applied.target_minutes as bigint) as target_minutes,
    cast({{ local_date("outcomes.applied_at") }} as date) as applied_date,
    cast(outcomes.applied_at as timestamp) as applied_at
from outcomes
inner join
    applied
    on outcomes.ticket_key = applied.ticket_key
    and outcomes.metric_name = applied.metric_name
    and outcomes.instance_id = coalesce(applied.instance_id, '')
inner join tickets on outcomes.ticket_key = tickets.ticket_key
inner join
    intervals
    on outcomes.ticket_key = intervals.ticket_key
    and outcomes.last_applied_at >= intervals.started_at
    and outcomes.last_applied_at
    < coalesce(intervals.ended_at, cast('9999-12-31' as timestamp))
