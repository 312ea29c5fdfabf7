-- Which logins, devices and e-mail addresses the events name together.
-- Grain: one row per (user_id, anonymous_id, previous_id, email) that was seen until
-- as_of, NULLs included.
{{ config(enabled=is_vendor_used("events")) }}
with
    events as (
        select
            user_id,
            anonymous_id,
            case when type = 'alias' then previous_id end as previous_id,
            nullif(lower(trim(email)), '') as email,
            nullif(trim(country), '') as country_name,
            event_at,
            _dlt_load_id
        from {{ source("events", "events") }}
        where
            {{ completed_loads("events") }}
            and coalesce(user_id, anonymous_id) is not null
            and event_at <= {{ as_of() }}
    )
select
    cast(user_id as string) as user_id,
    cast(anonymous_id as string) as anonymous_id,
    cast(previous_id as string) as previous_id,
    cast(email as string) as email,
    cast(max_by(country_name, event_at) as string) as country_name,
    count(*) as event_count,
    cast(min(event_at) as timestamp) as first_seen_at,
    cast(max(event_at) as timestamp) as last_seen_at,
    {{ loaded_at("max(_dlt_load_id)") }} as _loaded_at
from events
group by user_id, anonymous_id, previous_id, email
