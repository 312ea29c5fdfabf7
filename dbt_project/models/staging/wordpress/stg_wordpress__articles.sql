-- Posts and pages of every status, the trash and what vanished included.
-- Grain: one row per post or page; WordPress numbers them together.
{{ config(enabled=is_vendor_used("wordpress")) }}
{% set columns = [
    "id",
    "slug",
    "title_raw",
    "link",
    "author",
    "lang",
    "status",
    "content_word_count",
    "date_gmt",
    "modified_gmt",
    "is_vanished",
    "_dlt_load_id",
] %}
with
    posts as ({{ newest_rows("wordpress", "posts", newest_by="modified_gmt") }}),
    pages as ({{ newest_rows("wordpress", "pages", newest_by="modified_gmt") }}),
    contents as (
        select {{ columns | join(", ") }}, 'post' as article_type
        from posts
        union all
        select {{ columns | join(", ") }}, 'page' as article_type
        from pages
    ),
    topics as (
        select
            article_id,
            {{ json_string_list("topic_name", "topic_type") }} as topic_names
        from {{ ref("stg_wordpress__article_topics") }}
        group by article_id
    )
select
    cast(contents.id as string) as article_id,
    -- Persian and German slugs are percent-encoded; page views are decoded alike.
    cast(
        replace(url_decode(nullif(contents.slug, '')), '__trashed', '') as string
    ) as article_slug,
    cast(nullif(trim(contents.title_raw), '') as string) as article_title,
    cast(url_decode(contents.link) as string) as article_url,
    cast(nullif(contents.author, 0) as string) as author_id,
    cast(nullif(lower(contents.lang), '') as string) as language_name,
    cast(contents.article_type as string) as article_type,
    cast(
        case
            contents.status
            when 'publish'
            then 'published'
            when 'future'
            then 'scheduled'
            when 'trash'
            then 'trashed'
            when 'private'
            then 'private'
            else 'draft'
        end as string
    ) as status_type,
    cast(topics.topic_names as string) as topic_names,
    contents.status = 'trash' or contents.is_vanished as is_deleted,
    cast(contents.content_word_count as bigint) as word_count,
    -- The date of what was never published is when it was begun.
    case
        when contents.status not in ('draft', 'pending')
        then cast(contents.date_gmt as timestamp)
    end as published_at,
    cast(null as timestamp) as created_at,
    cast(contents.modified_gmt as timestamp) as updated_at,
    {{ loaded_at("contents._dlt_load_id") }} as _loaded_at
from contents
left join topics on cast(contents.id as string) = topics.article_id
