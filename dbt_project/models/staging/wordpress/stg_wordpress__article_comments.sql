-- Comments by people, whatever became of them.
-- Grain: one row per comment.
{{ config(enabled=is_vendor_used("wordpress")) }}
with comments as ({{ newest_rows("wordpress", "comments", newest_by="_dlt_load_id") }})
select
    cast(id as string) as comment_id,
    cast(post as string) as article_id,
    cast(nullif(parent, 0) as string) as parent_comment_id,
    cast(nullif(trim(author_name), '') as string) as author_name,
    cast(nullif(lower(trim(author_email)), '') as string) as author_email,
    cast(
        case
            when is_vanished
            then 'trashed'
            when status = 'approved'
            then 'approved'
            when status = 'hold'
            then 'pending'
            when status = 'spam'
            then 'spam'
            else 'trashed'
        end as string
    ) as status_type,
    cast(date_gmt as timestamp) as created_at,
    {{ loaded_at() }} as _loaded_at
from comments
where coalesce(type, 'comment') not in ('pingback', 'trackback')
