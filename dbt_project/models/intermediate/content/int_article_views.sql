-- Views of articles by people. Machines are left out before anything is joined to
-- heartbeats.
-- Grain: one row per (vendor, page_view_id); a page that reports a view twice counts
-- once.
with
    views as (select * from {{ ref("int_page_views") }}),
    addresses as (select * from {{ ref("int_article_addresses") }}),
    agents as (select * from {{ ref("int_user_agents") }}),
    known_ids as (
        select article_id, min(article_key) as article_key
        from
            (
                select
                    article_id,
                    {{ surrogate_key(["vendor", "article_id"]) }} as article_key
                from {{ ref("int_articles") }}
            ) as articles
        group by article_id
        having count(*) = 1
    ),
    matched as (
        select
            views.*,
            -- What the page says of itself outlives its address.
            coalesce(known_ids.article_key, addresses.article_key) as article_key,
            coalesce(agents.device_type, 'unknown') as device_type
        from views
        left join addresses on views.page_address = addresses.page_address
        left join known_ids on views.article_id = known_ids.article_id
        left join agents on views.user_agent = agents.user_agent
        where
            not coalesce(agents.is_bot, false)
            and coalesce(known_ids.article_key, addresses.article_key) is not null
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by vendor, page_view_id
                order by viewed_at asc nulls last, message_id asc nulls last
            ) as report_number
        from matched
    )
select
    cast(vendor as string) as vendor,
    cast(page_view_id as string) as page_view_id,
    cast(article_key as string) as article_key,
    cast(visitor_id as string) as visitor_id,
    cast(anonymous_id as string) as anonymous_id,
    cast(user_id as string) as user_id,
    cast(coalesce(layout_version, 'unknown') as string) as layout_version,
    cast(device_type as string) as device_type,
    is_measured,
    cast(viewed_at as timestamp) as viewed_at
from numbered
where report_number = 1
