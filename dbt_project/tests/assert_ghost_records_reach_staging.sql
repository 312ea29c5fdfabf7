-- Fails if staging shows more or fewer records than Ghost's completed loads brought.
{{ config(enabled=is_vendor_used("ghost")) }}
{% set keys = {
    "members": "subscribers",
    "newsletters": "newsletters",
    "users": "content_authors",
} %}
with
    counts as (
        {% for table, entity in keys.items() %}
            select
                '{{ table }}' as table_name,
                (
                    select count(distinct id)
                    from {{ source("ghost", table) }}
                    where {{ completed_loads("ghost") }}
                ) as loaded_count,
                (select count(*) from {{ ref("stg_ghost__" ~ entity) }}) as staged_count
            union all
        {% endfor %}
        select
            'posts and pages' as table_name,
            (
                select count(distinct id)
                from {{ source("ghost", "posts") }}
                where {{ completed_loads("ghost") }}
            ) + (
                select count(distinct id)
                from {{ source("ghost", "pages") }}
                where {{ completed_loads("ghost") }}
            ) as loaded_count,
            (select count(*) from {{ ref("stg_ghost__articles") }}) as staged_count
        union all
        select
            'comment events' as table_name,
            (
                select count(distinct id)
                from {{ source("ghost", "member_events") }}
                where {{ completed_loads("ghost") }} and type = 'comment_event'
            ) as loaded_count,
            (
                select count(*) from {{ ref("stg_ghost__article_comments") }}
            ) as staged_count
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
