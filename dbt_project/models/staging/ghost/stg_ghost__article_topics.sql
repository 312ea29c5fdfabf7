-- Public tags of posts and pages.
-- Grain: one row per post or page and tag.
{{ config(enabled=is_vendor_used("ghost")) }}
with
    posts as ({{ newest_rows("ghost", "posts") }}),
    pages as ({{ newest_rows("ghost", "pages") }}),
    tagged as (
        select id, _dlt_load_id, {{ explode_json_list("tags") }} as tag
        from posts
        union all
        select id, _dlt_load_id, {{ explode_json_list("tags") }} as tag
        from pages
    )
select
    cast(id as string) as article_id,
    cast({{ json_text("tag", "id") }} as string) as topic_id,
    cast({{ json_text("tag", "name") }} as string) as topic_name,
    cast('tag' as string) as topic_type,
    {{ loaded_at() }} as _loaded_at
from tagged
where coalesce({{ json_text("tag", "visibility") }}, 'public') <> 'internal'
