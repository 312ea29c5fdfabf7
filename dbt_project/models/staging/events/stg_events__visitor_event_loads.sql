-- What each load brought: events of every type.
-- Grain: one row per load_id.
{{ config(enabled=is_vendor_used("events")) }}
select
    _dlt_load_id as load_id,
    count(*) as event_count,
    cast(max(event_at) as timestamp) as last_happened_at
from {{ source("events", "events") }}
where {{ completed_loads("events") }}
group by _dlt_load_id
