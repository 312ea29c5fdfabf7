"""The tables of `raw_ghost`: their columns, types and keys, as Ghost names them.

A nested field is named by its path: `count.clicks` is `count_clicks`. Notes on members
are free text about persons that nothing here needs: not loaded.
"""

from ingestion.records import RawTable, columns

_CONTENT = columns(
    text="id uuid title slug html status visibility custom_excerpt canonical_url "
    "feature_image url comment_id primary_author_id primary_tag_id",
    bool="featured",
    bigint="reading_time content_word_count",
    timestamp="created_at updated_at published_at",
    json="tags authors tiers",
)
POSTS = RawTable(
    "posts",
    _CONTENT
    | columns(
        bigint="count_clicks count_positive_feedback count_negative_feedback",
        bool="email_only",
        text="newsletter_id email_id email_segment",
    ),
    key=("id",),
    newest_by="updated_at",
)
PAGES = RawTable("pages", _CONTENT, key=("id",), newest_by="updated_at")
# What a post was sent as; Ghost lets no integration read /emails itself.
EMAILS = RawTable(
    "emails",
    columns(
        text="id post_id uuid status newsletter_id subject recipient_filter error",
        bigint="email_count delivered_count opened_count failed_count",
        bool="track_opens track_clicks",
        timestamp="submitted_at created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
TAGS = RawTable(
    "tags",
    columns(
        text="id name slug description visibility url",
        bigint="count_posts",
        timestamp="created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
USERS = RawTable(
    "users",
    columns(
        text="id name slug email status website location url",
        json="roles",
        timestamp="last_seen created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
NEWSLETTERS = RawTable(
    "newsletters",
    columns(
        text="id uuid name slug description status visibility sender_email",
        bool="subscribe_on_signup",
        bigint="sort_order",
        timestamp="created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
TIERS = RawTable(
    "tiers",
    columns(
        text="id name slug description type currency visibility",
        bool="active",
        # In the currency's smallest unit.
        bigint="monthly_price yearly_price trial_days",
        timestamp="created_at updated_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
MEMBERS = RawTable(
    "members",
    columns(
        text="id uuid email name geolocation geolocation_country status "
        "email_suppression_reason",
        bool="subscribed comped email_suppression_suppressed",
        bigint="email_count email_opened_count email_open_rate",
        timestamp="created_at updated_at last_seen_at email_suppression_timestamp",
        json="labels newsletters tiers subscriptions",
    ),
    key=("id",),
    newest_by="updated_at",
)
# Every event type in one table; a column that its type lacks is NULL.
MEMBER_EVENTS = RawTable(
    "member_events",
    columns(
        text="type id member_id post_id newsletter_id email_id source "
        "attribution_id attribution_type attribution_url attribution_title "
        "referrer_source referrer_medium referrer_url "
        "utm_source utm_medium utm_campaign utm_term utm_content "
        "created_with_status link_to from_email to_email "
        "subscription_id subscription_type from_plan to_plan currency "
        "parent_id status",
        bool="subscribed",
        # Amounts are in the currency's smallest unit.
        bigint="amount mrr_delta score",
        timestamp="created_at email_submitted_at",
    ),
    # The rows of one recipient's delivery, opening and failure share one id.
    key=("type", "id"),
)
