"""The tables of `raw_wordpress`: their columns, types and keys, as WordPress names them.

A nested field is named by its path: `title.rendered` is `title_rendered`. The addresses
and browsers of commenters are personal data that nothing here needs: not loaded.
"""

from ingestion.records import RawTable, columns

_CONTENT = columns(
    bigint="id author featured_media content_word_count",
    text="date modified slug status type link guid_rendered title_rendered title_raw "
    "content_rendered content_raw excerpt_rendered excerpt_raw comment_status "
    "ping_status template lang",
    bool="content_protected",
    # `date` and `modified` are the site's local time: text, because only the site's
    # own zone of that moment could make instants of them.
    timestamp="date_gmt modified_gmt",
    json="meta",
)

POSTS = RawTable(
    "posts",
    _CONTENT | columns(bool="sticky", text="format", json="categories tags"),
    key=("id",),
    newest_by="modified_gmt",
)
PAGES = RawTable(
    "pages",
    _CONTENT | columns(bigint="parent menu_order"),
    key=("id",),
    newest_by="modified_gmt",
)
_TERM = columns(
    bigint="id count",
    text="description link name slug taxonomy",
    json="meta",
)
CATEGORIES = RawTable("categories", _TERM | columns(bigint="parent"), key=("id",))
TAGS = RawTable("tags", _TERM, key=("id",))
COMMENTS = RawTable(
    "comments",
    columns(
        bigint="id post parent author",
        text="author_name author_email author_url date content_rendered content_raw "
        "link status type",
        timestamp="date_gmt",
        json="meta",
    ),
    key=("id",),
)
USERS = RawTable(
    "users",
    columns(
        bigint="id",
        text="username name first_name last_name email url description link locale "
        "nickname slug",
        timestamp="registered_date",
        json="roles meta",
    ),
    key=("id",),
)
