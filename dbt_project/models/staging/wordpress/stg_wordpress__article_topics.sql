-- Categories and tags of posts, as WordPress says them.
-- Grain: one row per post, topic type and topic.
{{ config(enabled=is_vendor_used("wordpress")) }}
with
    posts as ({{ newest_rows("wordpress", "posts", newest_by="modified_gmt") }}),
    categories as (
        {{ newest_rows("wordpress", "categories", newest_by="_dlt_load_id") }}
    ),
    tags as ({{ newest_rows("wordpress", "tags", newest_by="_dlt_load_id") }}),
    post_categories as (
        select id as post_id, {{ explode_json_list("categories") }} as term_id
        from posts
    ),
    post_tags as (
        select id as post_id, {{ explode_json_list("tags") }} as term_id from posts
    ),
    topics as (
        select
            post_categories.post_id,
            post_categories.term_id,
            'category' as topic_type,
            categories.name,
            categories._dlt_load_id
        from post_categories
        inner join categories on post_categories.term_id = cast(categories.id as string)
        union all
        select
            post_tags.post_id,
            post_tags.term_id,
            'tag' as topic_type,
            tags.name,
            tags._dlt_load_id
        from post_tags
        inner join tags on post_tags.term_id = cast(tags.id as string)
    )
select
    cast(post_id as string) as article_id,
    cast(term_id as string) as topic_id,
    cast({{ plain_text("name") }} as string) as topic_name,
    cast(topic_type as string) as topic_type,
    {{ loaded_at() }} as _loaded_at
from topics
