-- Pages that somebody opened in a browser, with what the page's script says of the
-- view.
-- Grain: one row per message_id.
{{ config(enabled=is_vendor_used("events")) }}
with
    events as (
        select
            *,
            nullif(trim({{ json_text("properties", "page_view_id") }}), '') as view_id
        from {{ source("events", "events") }}
        where
            {{ completed_loads("events") }}
            and type = 'page'
            and coalesce(anonymous_id, user_id) is not null
            and not {{ is_server_event() }}
    )
select
    message_id,
    -- A page without the script is a view of which nothing more is known.
    coalesce(view_id, message_id) as page_view_id,
    coalesce(anonymous_id, user_id) as visitor_id,
    anonymous_id,
    user_id,
    nullif(trim({{ json_text("properties", "article_id") }}), '') as article_id,
    nullif(trim({{ json_text("properties", "layout_version") }}), '') as layout_version,
    {{ page_address("page_url") }} as page_address,
    nullif(trim(user_agent), '') as user_agent,
    view_id is not null as is_measured,
    cast(event_at as timestamp) as viewed_at
from events
