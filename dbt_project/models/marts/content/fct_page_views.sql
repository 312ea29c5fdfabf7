-- Views of articles by people: who read what, how long and how far down.
-- Grain: one row per page_view_key. Machines are not in it (int_excluded_page_events).
with
    views as (select * from {{ ref("int_article_views") }}),
    engagement as (select * from {{ ref("int_article_view_engagement") }}),
    articles as (select * from {{ ref("dim_articles") }}),
    customer_records as (select * from {{ ref("dim_customer_records") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    keyed as (
        select
            views.*,
            {{ surrogate_key(["vendor", "page_view_id"]) }} as page_view_key,
            {{ surrogate_key(["vendor", "visitor_id"]) }} as visitor_key
        from views
    ),
    -- A view lies in one visit of its device.
    visits as (
        select
            keyed.page_view_key,
            min_by(sessions.session_key, sessions.started_at) as session_key
        from keyed
        inner join
            sessions
            on keyed.visitor_key = sessions.visitor_key
            and keyed.viewed_at >= sessions.started_at
            and keyed.viewed_at <= sessions.ended_at
        group by keyed.page_view_key
    ),
    measured as (
        select
            keyed.*,
            visits.session_key,
            coalesce(sessions.source_name, 'unknown') as source_name,
            coalesce(sessions.channel_group_name, 'unknown') as channel_group_name,
            -- The login says who it was; the device alone may be shared.
            coalesce(users.customer_key, visitors.customer_key) as customer_key,
            articles.expected_reading_seconds,
            coalesce(engagement.heartbeat_count, 0) as heartbeat_count,
            -- least() skips NULL: without a heartbeat nothing must reach it.
            case
                when engagement.heartbeat_count is null
                then 0
                else
                    least(
                        (engagement.heartbeat_count - 1) * 10 + 5,
                        {{ var("page_view_maximum_seconds") }}
                    )
            end as engaged_seconds,
            -- A page that grows while it loads is as long as it was at its longest.
            case
                when engagement.lowest_pixels >= engagement.document_height_pixels
                then 1
                else
                    engagement.lowest_pixels
                    / nullif(engagement.document_height_pixels, 0)
            end as scroll_depth_share,
            coalesce(
                engagement.document_height_pixels <= engagement.viewport_height_pixels,
                false
            ) as is_short_page
        from keyed
        inner join articles on keyed.article_key = articles.article_key
        left join
            engagement
            on keyed.vendor = engagement.vendor
            and keyed.page_view_id = engagement.page_view_id
        left join visits on keyed.page_view_key = visits.page_view_key
        left join sessions on visits.session_key = sessions.session_key
        left join
            customer_records as users
            on keyed.vendor = users.vendor
            and users.record_type = 'user'
            and keyed.user_id = users.record_id
        left join
            customer_records as visitors
            on keyed.vendor = visitors.vendor
            and visitors.record_type = 'visitor'
            and keyed.anonymous_id = visitors.record_id
    )
select
    cast(page_view_key as string) as page_view_key,
    cast(article_key as string) as article_key,
    cast(coalesce(customer_key, visitor_key) as string) as reader_key,
    cast(customer_key as string) as customer_key,
    cast(visitor_key as string) as visitor_key,
    cast(session_key as string) as session_key,
    cast(vendor as string) as vendor,
    cast(page_view_id as string) as page_view_id,
    cast(layout_version as string) as layout_version,
    cast(source_name as string) as source_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(device_type as string) as device_type,
    is_measured,
    is_short_page,
    engaged_seconds >= {{ var("reader_minimum_seconds") }} as is_engaged,
    coalesce(
        scroll_depth_share >= {{ var("read_through_scroll_share") }}
        and engaged_seconds
        >= expected_reading_seconds * {{ var("read_through_time_share") }},
        false
    ) as is_read_through,
    cast(heartbeat_count as bigint) as heartbeat_count,
    cast(engaged_seconds as bigint) as engaged_seconds,
    cast(expected_reading_seconds as double) as expected_reading_seconds,
    cast(scroll_depth_share as double) as scroll_depth_share,
    cast({{ local_date("viewed_at") }} as date) as view_date,
    cast(viewed_at as timestamp) as viewed_at
from measured
