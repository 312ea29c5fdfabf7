-- Sections that were on the screen during a view of an article, and for how long.
-- Grain: one row per (page_view_key, section_id).
with
    views as (select * from {{ ref("fct_page_views") }} where is_measured),
    stretches as (
        select * from {{ ref("int_section_views") }} where section_id is not null
    ),
    seen as (
        select
            views.page_view_key,
            views.article_key,
            views.layout_version,
            views.view_date,
            stretches.section_id,
            count(*) as stretch_count,
            max(stretches.visible_seconds) as longest_seconds,
            sum(greatest(stretches.visible_seconds, 0)) as visible_seconds,
            max(stretches.happened_at) as last_seen_at
        from views
        inner join
            stretches
            on views.vendor = stretches.vendor
            and views.page_view_id = stretches.page_view_id
        group by
            views.page_view_key,
            views.article_key,
            views.layout_version,
            views.view_date,
            stretches.section_id
    ),
    judged as (
        select
            *,
            coalesce(
                longest_seconds >= {{ var("section_minimum_seconds") }}, false
            ) as was_reached
        from seen
    ),
    final as (
        select
            *,
            row_number() over (
                partition by page_view_key, was_reached
                order by last_seen_at desc nulls last, section_id desc nulls last
            ) as exit_rank
        from judged
    )
select
    cast(page_view_key as string) as page_view_key,
    cast(article_key as string) as article_key,
    cast(layout_version as string) as layout_version,
    cast(section_id as string) as section_id,
    was_reached,
    -- The last section that a reader really saw is where the article lost him.
    was_reached and exit_rank = 1 as is_exit,
    cast(stretch_count as bigint) as stretch_count,
    cast(
        round(
            least(coalesce(visible_seconds, 0), {{ var("page_view_maximum_seconds") }}),
            3
        ) as double
    ) as visible_seconds,
    cast(view_date as date) as view_date,
    cast(last_seen_at as timestamp) as last_seen_at
from final
