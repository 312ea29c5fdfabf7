-- Stretches of time in which a section of a page was on the screen.
-- Grain: one row per message_id.
{{ config(enabled=is_vendor_used("events")) }}
select
    message_id,
    nullif(trim({{ json_text("properties", "page_view_id") }}), '') as page_view_id,
    nullif(trim({{ json_text("properties", "section_id") }}), '') as section_id,
    try_cast(
        {{ json_text("properties", "visible_seconds") }} as double
    ) as visible_seconds,
    cast(event_at as timestamp) as happened_at
from {{ source("events", "events") }}
where
    {{ completed_loads("events") }}
    and {{ is_track_event(["Section Viewed"]) }}
    and not {{ is_server_event() }}
