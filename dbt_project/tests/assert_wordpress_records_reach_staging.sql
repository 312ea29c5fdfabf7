-- Fails if staging shows more or fewer records than WordPress's completed loads
-- brought.
{{ config(enabled=is_vendor_used("wordpress")) }}
with
    counts as (
        select
            'posts and pages' as table_name,
            (
                select count(distinct id)
                from {{ source("wordpress", "posts") }}
                where {{ completed_loads("wordpress") }}
            ) + (
                select count(distinct id)
                from {{ source("wordpress", "pages") }}
                where {{ completed_loads("wordpress") }}
            ) as loaded_count,
            (select count(*) from {{ ref("stg_wordpress__articles") }}) as staged_count
        union all
        select
            'users' as table_name,
            (
                select count(distinct id)
                from {{ source("wordpress", "users") }}
                where {{ completed_loads("wordpress") }}
            ) as loaded_count,
            (
                select count(*) from {{ ref("stg_wordpress__content_authors") }}
            ) as staged_count
        union all
        select
            'comments' as table_name,
            (
                select count(distinct id)
                from {{ source("wordpress", "comments") }}
                where
                    {{ completed_loads("wordpress") }}
                    -- No comments by people.
                    and coalesce(type, 'comment') not in ('pingback', 'trackback')
            ) as loaded_count,
            (
                select count(*) from {{ ref("stg_wordpress__article_comments") }}
            ) as staged_count
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
