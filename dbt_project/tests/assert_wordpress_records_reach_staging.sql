-- Fails if staging shows more or fewer records than WordPress's completed loads
-- brought. Pingbacks and trackbacks are no comments by people.
{{ config(enabled=is_vendor_used("wordpress")) }}
{{
    lost_records(
        [
            [
                "posts and pages",
                loaded_count("wordpress", "posts")
                ~ " + "
                ~ loaded_count("wordpress", "pages"),
                staged_count("wordpress", "articles"),
            ],
            [
                "users",
                loaded_count("wordpress", "users"),
                staged_count("wordpress", "content_authors"),
            ],
            [
                "comments",
                loaded_count(
                    "wordpress",
                    "comments",
                    condition="coalesce(type, 'comment') not in ('pingback', 'trackback')",
                ),
                staged_count("wordpress", "article_comments"),
            ],
        ]
    )
}}
