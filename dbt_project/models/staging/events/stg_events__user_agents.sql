-- The user agents that events came from.
-- Grain: one row per user_agent.
{{ config(enabled=is_vendor_used("events")) }}
select nullif(trim(user_agent), '') as user_agent
from {{ source("events", "events") }}
where {{ completed_loads("events") }} and nullif(trim(user_agent), '') is not null
group by nullif(trim(user_agent), '')
