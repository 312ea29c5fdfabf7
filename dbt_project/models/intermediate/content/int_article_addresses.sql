-- Which article is read at which address: where it is now, and where page views that
-- name their article found it before it was renamed.
-- Grain: one row per page_address. An address of two articles belongs to the one that
-- is there now, else to the one that was seen there last.
with
    articles as (select * from {{ ref("int_articles") }}),
    views as (
        select page_address, article_id, max(viewed_at) as last_viewed_at
        from {{ ref("int_page_views") }}
        where article_id is not null and page_address is not null
        group by page_address, article_id
    ),
    -- Two systems may use one id for two articles.
    known_ids as (
        select article_id, min(vendor) as vendor
        from articles
        group by article_id
        having count(*) = 1
    ),
    addresses as (
        select
            vendor,
            article_id,
            {{ page_address("article_url") }} as page_address,
            case when is_deleted then 2 else 1 end as address_rank,
            published_at as seen_at
        from articles
        -- What is not published yet, or no more, has no address but its id.
        where
            status_type in ('published', 'trashed', 'private')
            and position('?' in article_url) = 0
        union all
        select
            known_ids.vendor,
            views.article_id,
            views.page_address,
            3 as address_rank,
            views.last_viewed_at as seen_at
        from views
        inner join known_ids on views.article_id = known_ids.article_id
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by page_address
                order by
                    address_rank asc nulls last,
                    seen_at desc nulls last,
                    vendor asc nulls last,
                    article_id asc nulls last
            ) as rank_number
        from addresses
        where page_address is not null
    )
select
    cast(page_address as string) as page_address,
    cast(vendor as string) as vendor,
    cast(article_id as string) as article_id,
    cast({{ surrogate_key(["vendor", "article_id"]) }} as string) as article_key
from ranked
where rank_number = 1
