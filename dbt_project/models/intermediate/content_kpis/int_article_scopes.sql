-- Under which scopes each article counts: all, itself, its author, topics and language.
-- Grain: one row per (article_key, scope_type, scope_name). An article of several
-- topics counts under each of them; topic_share parts it.
with
    articles as (select * from {{ ref("dim_articles") }}),
    topics as (
        select vendor, article_id, topic_name
        from {{ ref("int_article_topics") }}
        group by vendor, article_id, topic_name
    ),
    article_topics as (
        select
            articles.article_key,
            coalesce(topics.topic_name, 'unknown') as topic_name,
            count(*) over (partition by articles.article_key) as topic_count
        from articles
        left join
            topics
            on articles.vendor = topics.vendor
            and articles.article_id = topics.article_id
    ),
    final as (
        {% for scope_type, scope_name in [
            ("total", "'all'"),
            ("article", "article_key"),
            ("author", "author_slug"),
            ("language", "language_name"),
        ] %}
            select
                article_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                1 as scope_count
            from articles
            union all
        {% endfor %}
        select
            article_key,
            'topic' as scope_type,
            topic_name as scope_name,
            topic_count as scope_count
        from article_topics
    )
select
    cast(article_key as string) as article_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    {{ safe_ratio("1", "scope_count") }} as topic_share
from final
