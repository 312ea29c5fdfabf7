-- How long each view of an article held its reader, and how far down he got.
-- Grain: one row per (vendor, page_view_id) with a heartbeat.
with
    views as (select vendor, page_view_id from {{ ref("int_article_views") }}),
    pings as (
        select
            pings.*,
            -- Two heartbeats of one ten-second slot are one (Snowplow's rule).
            date_trunc('minute', pings.happened_at) as slot_minute_at,
            floor(second(pings.happened_at) / 10) as slot_number
        from {{ ref("int_page_pings") }} as pings
        inner join
            views
            on pings.vendor = views.vendor
            and pings.page_view_id = views.page_view_id
    ),
    slots as (
        select
            vendor,
            page_view_id,
            slot_minute_at,
            slot_number,
            -- Browsers that spring back at the top report less than nothing.
            max(
                case when scroll_offset_pixels < 0 then 0 else scroll_offset_pixels end
                + viewport_height_pixels
            ) as lowest_pixels,
            max(viewport_height_pixels) as viewport_height_pixels,
            max(document_height_pixels) as document_height_pixels
        from pings
        group by vendor, page_view_id, slot_minute_at, slot_number
    )
select
    cast(vendor as string) as vendor,
    cast(page_view_id as string) as page_view_id,
    cast(count(*) as bigint) as heartbeat_count,
    cast(max(lowest_pixels) as double) as lowest_pixels,
    cast(max(viewport_height_pixels) as double) as viewport_height_pixels,
    cast(max(document_height_pixels) as double) as document_height_pixels
from slots
group by vendor, page_view_id
