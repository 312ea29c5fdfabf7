-- Fails if staging shows more or fewer records than Ghost's completed loads brought.
{{ config(enabled=is_vendor_used("ghost")) }}
{% set counts = [
    [
        "posts and pages",
        loaded_count("ghost", "posts")
        ~ " + "
        ~ loaded_count("ghost", "pages"),
        staged_count("ghost", "articles"),
    ],
    [
        "comment events",
        loaded_count(
            "ghost", "member_events", condition="type = 'comment_event'"
        ),
        staged_count("ghost", "article_comments"),
    ],
] %}
{% for table, entity in {
    "members": "subscribers",
    "newsletters": "newsletters",
    "users": "content_authors",
}.items() %}
    {% do counts.append(
        [table, loaded_count("ghost", table), staged_count("ghost", entity)]
    ) %}
{% endfor %}
{{ lost_records(counts) }}
