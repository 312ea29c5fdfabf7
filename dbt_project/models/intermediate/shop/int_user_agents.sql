-- What each user agent is: a machine (seed bot_user_agents) or a device of somebody.
-- Grain: one row per user_agent. Events without one are not judged.
with
    agents as (
        select user_agent from {{ ref("int_seen_user_agents") }} group by user_agent
    ),
    patterns as (select pattern from {{ ref("bot_user_agents") }}),
    final as (
        select agents.user_agent, count(patterns.pattern) > 0 as is_bot
        from agents
        left join patterns on lower(agents.user_agent) like patterns.pattern
        group by agents.user_agent
    )
select
    cast(user_agent as string) as user_agent,
    cast({{ device_type("user_agent") }} as string) as device_type,
    is_bot
from final
