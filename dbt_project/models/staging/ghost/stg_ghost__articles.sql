-- Posts and pages of every status, what vanished included.
-- Grain: one row per post or page.
{{ config(enabled=is_vendor_used("ghost")) }}
{% set columns = [
    "id",
    "slug",
    "title",
    "url",
    "primary_author_id",
    "status",
    "tags",
    "content_word_count",
    "published_at",
    "created_at",
    "updated_at",
    "is_vanished",
    "_dlt_load_id",
] %}
with
    posts as ({{ newest_rows("ghost", "posts") }}),
    pages as ({{ newest_rows("ghost", "pages") }}),
    contents as (
        select {{ columns | join(", ") }}, 'post' as article_type
        from posts
        union all
        select {{ columns | join(", ") }}, 'page' as article_type
        from pages
    ),
    tagged as (select id, {{ explode_json_list("tags") }} as tag from contents),
    slugs as (select id, {{ json_text("tag", "slug") }} as slug from tagged),
    languages as (
        select id, min(substr(slug, 6)) as language_name
        from slugs
        where slug like 'hash-__'
        group by id
    ),
    topics as (
        select article_id, {{ json_string_list("topic_name") }} as topic_names
        from {{ ref("stg_ghost__article_topics") }}
        group by article_id
    )
select
    cast(contents.id as string) as article_id,
    cast(nullif(contents.slug, '') as string) as article_slug,
    cast(nullif(trim(contents.title), '') as string) as article_title,
    cast(contents.url as string) as article_url,
    cast(contents.primary_author_id as string) as author_id,
    cast(languages.language_name as string) as language_name,
    cast(contents.article_type as string) as article_type,
    cast(
        case
            -- A post that was only sent is read in the mailbox.
            when contents.status in ('published', 'sent')
            then 'published'
            when contents.status = 'scheduled'
            then 'scheduled'
            else 'draft'
        end as string
    ) as status_type,
    cast(topics.topic_names as string) as topic_names,
    contents.is_vanished as is_deleted,
    cast(contents.content_word_count as bigint) as word_count,
    cast(contents.published_at as timestamp) as published_at,
    cast(contents.created_at as timestamp) as created_at,
    cast(contents.updated_at as timestamp) as updated_at,
    {{ loaded_at("contents._dlt_load_id") }} as _loaded_at
from contents
left join languages on contents.id = languages.id
left join topics on contents.id = topics.article_id
