-- Events that are in no session, counted with the reason.
-- Grain: one row per (vendor, event_date, reason).
with
    events as (select * from {{ ref("int_visitor_events") }}),
    agents as (select * from {{ ref("int_user_agents") }} where is_bot)
select
    cast(events.vendor as string) as vendor,
    cast('user agent of a machine' as string) as reason,
    cast(count(*) as bigint) as event_count,
    cast(count(distinct events.visitor_id) as bigint) as visitor_count,
    cast({{ local_date("events.happened_at") }} as date) as event_date
from events
inner join agents on events.user_agent = agents.user_agent
group by events.vendor, {{ local_date("events.happened_at") }}
