-- Heartbeats of pages: sent while the tab is visible, with how far down it was
-- scrolled.
-- Grain: one row per message_id.
{{ config(enabled=is_vendor_used("events")) }}
select
    message_id,
    nullif(trim({{ json_text("properties", "page_view_id") }}), '') as page_view_id,
    try_cast(
        {{ json_text("properties", "scroll_offset") }} as double
    ) as scroll_offset_pixels,
    try_cast(
        {{ json_text("properties", "viewport_height") }} as double
    ) as viewport_height_pixels,
    try_cast(
        {{ json_text("properties", "document_height") }} as double
    ) as document_height_pixels,
    cast(event_at as timestamp) as happened_at
from {{ source("events", "events") }}
where
    {{ completed_loads("events") }}
    and {{ is_track_event(["Page Pinged"]) }}
    and not {{ is_server_event() }}
