-- Page views, heartbeats and sections that no content KPI shows, counted with the
-- reason.
-- Grain: one row per (vendor, record_type, reason).
with
    shown as (select vendor, page_view_id from {{ ref("int_article_views") }}),
    views as (select * from {{ ref("int_page_views") }}),
    agents as (select * from {{ ref("int_user_agents") }}),
    judged as (
        select
            views.vendor,
            views.page_view_id,
            case
                when coalesce(agents.is_bot, false)
                then 'user agent of a machine'
                when shown.page_view_id is null
                then 'page of no known article'
                when
                    row_number() over (
                        partition by views.vendor, views.page_view_id
                        order by
                            views.viewed_at asc nulls last,
                            views.message_id asc nulls last
                    )
                    > 1
                then 'repeats a view'
            end as reason
        from views
        left join agents on views.user_agent = agents.user_agent
        left join
            shown
            on views.vendor = shown.vendor
            and views.page_view_id = shown.page_view_id
    ),
    reasons as (
        select vendor, page_view_id, min(reason) as reason
        from judged
        group by vendor, page_view_id
    ),
    events as (
        select vendor, 'heartbeat' as record_type, page_view_id
        from {{ ref("int_page_pings") }}
        union all
        select vendor, 'section view' as record_type, page_view_id
        from {{ ref("int_section_views") }}
    ),
    excluded as (
        select vendor, 'page view' as record_type, reason
        from judged
        where reason is not null
        union all
        select
            events.vendor,
            events.record_type,
            coalesce(reasons.reason, 'names no page view') as reason
        from events
        left join
            reasons
            on events.vendor = reasons.vendor
            and events.page_view_id = reasons.page_view_id
        left join
            shown
            on events.vendor = shown.vendor
            and events.page_view_id = shown.page_view_id
        where shown.page_view_id is null
    )
select
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(reason as string) as reason,
    cast(count(*) as bigint) as event_count
from excluded
group by vendor, record_type, reason
