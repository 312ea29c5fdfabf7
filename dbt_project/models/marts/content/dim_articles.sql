-- Articles of the blog and of the newsletter, whichever system they are written in.
-- Grain: one row per article_key. Trashed and deleted ones stay: their readers were
-- real.
with
    articles as (select * from {{ ref("int_articles") }}),
    authors as (select * from {{ ref("int_content_authors") }}),
    topics as (
        select
            vendor,
            article_id,
            min_by(topic_name, topic_type || topic_name) as main_topic_name,
            count(*) as topic_count
        from {{ ref("int_article_topics") }}
        group by vendor, article_id
    ),
    final as (
        select
            articles.*,
            authors.author_slug,
            authors.is_active,
            topics.main_topic_name,
            coalesce(topics.topic_count, 0) as topic_count
        from articles
        left join
            authors
            on articles.vendor = authors.vendor
            and articles.author_id = authors.author_id
        left join
            topics
            on articles.vendor = topics.vendor
            and articles.article_id = topics.article_id
    )
select
    cast({{ surrogate_key(["vendor", "article_id"]) }} as string) as article_key,
    cast(vendor as string) as vendor,
    cast(article_id as string) as article_id,
    cast(author_id as string) as author_id,
    cast(coalesce(author_slug, 'unknown') as string) as author_slug,
    cast(article_title as string) as article_title,
    cast(article_url as string) as article_url,
    cast(coalesce(language_name, 'unknown') as string) as language_name,
    cast(article_type as string) as article_type,
    cast(status_type as string) as status_type,
    cast(coalesce(main_topic_name, 'unknown') as string) as main_topic_name,
    cast(topic_names as string) as topic_names,
    is_deleted,
    cast(topic_count as bigint) as topic_count,
    cast(word_count as bigint) as word_count,
    cast(
        cast(word_count as double)
        * 60
        / {{ var("reading_words_per_minute") }} as double
    ) as expected_reading_seconds,
    cast({{ local_date("published_at") }} as date) as published_date,
    cast(published_at as timestamp) as published_at,
    cast(updated_at as timestamp) as updated_at
from final
