-- Views of articles with the article, its author and topic, the reader and the day, for
-- BI.
-- Grain: one row per page_view_key.
with
    views as (select * from {{ ref("fct_page_views") }}),
    articles as (select * from {{ ref("dim_articles") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    views.page_view_key,
    views.article_key,
    views.reader_key,
    views.customer_key,
    views.session_key,
    views.vendor,
    articles.article_title,
    articles.article_url,
    articles.author_slug,
    articles.main_topic_name,
    articles.language_name,
    views.layout_version,
    views.source_name,
    views.channel_group_name,
    views.device_type,
    customers.country_name,
    customers.age_group_name,
    customers.segment_name,
    {{ nobodys_rep() }},
    cast(coalesce(customers.region_name, 'unknown') as string) as region_name,
    views.is_measured,
    views.is_short_page,
    views.is_engaged,
    views.is_read_through,
    views.engaged_seconds,
    views.expected_reading_seconds,
    views.scroll_depth_share,
    views.view_date,
    {{ calendar_columns("days") }},
    views.viewed_at
from views
inner join articles on views.article_key = articles.article_key
left join customers on views.customer_key = customers.customer_key
left join days on views.view_date = days.calendar_date
