"""WordPress: updates, trash, deletions and local times end in the right rows."""

import pytest

from ingestion.load import load_all
from ingestion.sources import wordpress
from ingestion.word_count import word_count

from .conftest import TOKEN
from .content_site import LONG_AGO, ContentSite, comment, post

NOW = "2026-11-18T12:00:00"


@pytest.fixture
def site(tmp_path, server, monkeypatch):
    """Return an empty site."""
    return ContentSite("wordpress", tmp_path, server, monkeypatch)


def loaded(result):
    """Return the rows that each table got, where it got some."""
    return {table.table: table.loaded for table in result.tables if table.loaded}


def test_every_status_is_loaded_with_what_only_editors_see(site):
    """`status=any` leaves the trash out, and a stranger's answer has no raw title."""
    statuses = ("publish", "future", "draft", "pending", "private", "trash")
    site.write(
        "posts",
        *(post(number, status=status) for number, status in enumerate(statuses, 1)),
    )
    site.load()
    assert site.rows("select id, status, title_raw from posts order by id") == [
        (number, status, f"Post {number}") for number, status in enumerate(statuses, 1)
    ]


def test_a_post_s_fields_keep_their_values(site):
    """A mistaken path or type would make a column NULL for ever."""
    site.write(
        "posts",
        post(
            1,
            date="2026-10-25T02:30:00",
            date_gmt="2026-10-25T00:30:00",
            slug="%d8%b1%d8%a7",
            title={"raw": "A & B", "rendered": "A &amp; B"},
            content={
                "raw": "…",
                "rendered": "<p>Ein&nbsp;Wort</p>\n<!-- kein Wort --> und mehr",
                "protected": False,
            },
            meta={"footnotes": "x"},
            categories=[4, 7],
            lang="fa",
        ),
        post(2),
    )
    site.write("pages", post(3, type="page", menu_order=4))
    site.load()
    assert site.rows(
        "select date, date_gmt::timestamp::varchar, slug, title_raw, title_rendered, "
        "content_word_count, meta, categories, lang, content_protected from posts "
        "where id = 1"
    ) == [
        (
            *("2026-10-25T02:30:00", "2026-10-25 00:30:00", "%d8%b1%d8%a7"),
            *("A & B", "A &amp; B", 4, '{"footnotes":"x"}', "[4,7]", "fa", False),
        )
    ]
    # PHP's empty array, a list where the filled one is an object.
    assert site.rows("select meta, lang from posts where id = 2") == [("[]", None)]
    assert site.rows("select menu_order, content_word_count from pages") == [(4, 2)]


def test_a_second_load_with_nothing_new_loads_and_reads_nothing(site):
    """Else every hour costs as much as the first load."""
    site.write("posts", *(post(number) for number in range(1, 131)))
    site.write("comments", comment(1))
    assert loaded(site.load()) == {"posts": 130, "comments": 1}
    result = site.load()
    assert loaded(result) == {}
    # Who we are, totals, two pages of versions, and no post itself.
    asked = site.server.paths.count("GET /wp-json/wp/v2/posts")
    assert asked == 3


def test_edits_trash_and_restoring_end_in_the_newest_state(site):
    """Else an article that is gone counts as one that is read."""
    site.write("posts", *(post(number) for number in range(1, 5)))
    site.load()
    site.write(
        "posts",
        post(1, modified=NOW, title={"raw": "New", "rendered": "New"}),
        post(2, modified=NOW, status="trash", slug="post-2__trashed"),
        post(3),
        post(4),
    )
    assert loaded(site.load()) == {"posts": 2}
    site.write("posts", post(1, modified=NOW), post(2, modified=NOW), post(3), post(4))
    # Restoring touches the status, at times not the date.
    assert loaded(site.load()) == {"posts": 1}
    assert site.rows("select id, status, slug from posts order by id")[1] == (
        *(2, "publish", "post-2"),
    )


def test_what_changes_without_a_new_date_is_read_again(site):
    """A scheduled post goes live, and a deleted user's posts change hands, unmodified."""
    site.write("posts", post(1, status="future"), post(2), post(3))
    site.load()
    site.write("posts", post(1), post(2, author=9), post(3, tags=[5]))
    assert loaded(site.load()) == {"posts": 3}
    assert site.rows("select status, author, tags from posts order by id") == [
        ("publish", 2, "[]"),
        ("publish", 9, "[]"),
        ("publish", 2, "[5]"),
    ]


def test_a_hard_delete_is_found_and_a_return_undoes_it(site):
    """`force=true` leaves no trace at WordPress; the list does not have it any more."""
    site.write("posts", post(1), post(2))
    site.write("comments", comment(1), comment(2))
    site.load()
    site.write("posts", post(2))
    site.write("comments", comment(1))
    site.load()
    assert site.rows(
        "select table_name, record_id from vanished_records order by 1"
    ) == [("comments", "2"), ("posts", "1")]
    assert site.rows("select count(*) from posts") == [(2,)]
    site.write("posts", post(1), post(2))
    assert loaded(site.load()) == {"posts": 1}


def test_comments_of_every_status_are_loaded_and_moderation_is_followed(site):
    """`status=all` of comments is neither spam nor trash; approval has no date."""
    site.write(
        "comments",
        *(
            comment(number, status)
            for number, status in enumerate(("approved", "hold", "spam", "trash"), 1)
        ),
    )
    site.load()
    site.write("comments", comment(1, "spam"), comment(2), comment(3, "spam"))
    site.load()
    assert site.rows("select id, status from comments order by id") == [
        (1, "spam"),
        (2, "approved"),
        (3, "spam"),
        (4, "trash"),
    ]
    assert site.rows("select record_id from vanished_records") == [("4",)]
    # Addresses and browsers of visitors stay where they are.
    names = {
        name for (name,) in site.rows("select column_name from (describe comments)")
    }
    assert not names & {"author_ip", "author_user_agent"}


def test_a_comment_that_is_moderated_while_lists_are_read_is_not_gone(
    site, monkeypatch
):
    """It was in no list: not yet in the first, no longer in the second."""
    site.write("comments", comment(1), comment(2, "hold"))
    site.load()
    listed = wordpress._Reader._comments

    def hidden(self, params):
        is_list = params["status"] == "approve" and "include" not in params
        return iter(()) if is_list else listed(self, params)

    monkeypatch.setattr(wordpress._Reader, "_comments", hidden)
    assert loaded(site.load()) == {}


def test_terms_and_users_are_replaced_by_what_is_there_now(site):
    """They have no modification date."""
    term = {"id": 1, "count": 2, "name": "Tee", "slug": "tee", "taxonomy": "category"}
    user = {
        "id": 2,
        "username": "ute",
        "email": "ute@zafran.example",
        "name": "Ute",
        "slug": "ute",
        "roles": ["author"],
        "registered_date": "2025-01-01T08:00:00+00:00",
        "capabilities": {"edit_posts": True},
    }
    site.write("categories", term)
    site.write("users", user)
    site.load()
    site.write("categories", {**term, "count": 3})
    site.write("users", {**user, "roles": []})
    assert loaded(site.load()) == {"categories": 1, "users": 1}
    assert site.rows("select count from categories") == [(3,)]
    assert site.rows(
        "select username, email, roles, registered_date::timestamp::varchar from users"
    ) == [("ute", "ute@zafran.example", "[]", "2025-01-01 08:00:00")]


@pytest.fixture
def large(site, monkeypatch):
    """Return a site in Tehran's time that is too large to be listed at every load."""
    monkeypatch.setattr(wordpress, "MOST_LISTED", 3)
    site.description = '[wordpress]\ntimezone = "Asia/Tehran"'
    site.write("posts", *(in_tehran(number) for number in range(1, 6)))
    site.load()
    return site


def in_tehran(number, modified="2026-03-01T10:00:00", **more):
    """Return a post of a site that is 3:30 ahead."""
    hour, rest = int(modified[11:13]) + 3, modified[16:]
    local = f"{modified[:11]}{hour:02d}:{int(modified[14:16]) + 30:02d}{rest}"
    return post(number, **{"modified": local, **more, "modified_gmt": modified})


def test_a_large_site_is_asked_for_changes_in_its_own_time(large):
    """`modified_after` compares local times: a UTC value without Z finds nothing."""
    large.write(
        "posts",
        in_tehran(1, modified="2026-03-01T10:00:01"),
        *(in_tehran(number) for number in range(2, 6)),
        in_tehran(6, modified="2026-03-02T10:00:00", status="future"),
    )
    assert loaded(large.load()) == {"posts": 6}
    # The overlap is read again, and known.
    assert loaded(large.load()) == {}
    # Goes live without being modified; the newest date is days later by then.
    large.write(
        "posts",
        in_tehran(1, modified="2026-05-01T10:00:00"),
        *(in_tehran(number) for number in range(2, 6)),
        in_tehran(6, modified="2026-03-02T10:00:00", status="future"),
    )
    assert loaded(large.load()) == {"posts": 1}
    large.write(
        "posts",
        in_tehran(1, modified="2026-05-01T10:00:00"),
        *(in_tehran(number) for number in range(2, 6)),
        in_tehran(6, modified="2026-03-02T10:00:00"),
    )
    assert loaded(large.load()) == {"posts": 1}
    assert large.rows("select status from posts where id = 6") == [("publish",)]


def test_a_large_site_s_hard_deletes_are_found_with_all_records(large):
    """An hourly run cannot afford a hundred pages; a nightly one can."""
    large.write("posts", *(in_tehran(number) for number in range(2, 6)))
    large.load()
    assert large.rows("select count(*) from vanished_records") == [(0,)]
    large.server.paths.clear()
    load_all(large.settings, ["wordpress"], read_all=True)
    assert large.rows("select record_id from vanished_records") == [("1",)]


def test_plain_permalinks_are_read_through_rest_route(site, monkeypatch):
    """A site without rewrite rules has no /wp-json."""
    monkeypatch.setenv(
        "SOURCES__WORDPRESS__BASE_URL", f"{site.server.url}/?rest_route="
    )
    site.write("posts", *(post(number) for number in range(1, 131)))
    assert loaded(site.load()) == {"posts": 130}
    assert set(site.server.paths) == {"GET /"}


def test_an_application_password_may_be_written_with_its_spaces(site, monkeypatch):
    """WordPress shows it in groups of four."""
    spaced = " ".join(TOKEN[start : start + 4] for start in range(0, len(TOKEN), 4))
    monkeypatch.setenv("SOURCES__WORDPRESS__APPLICATION_PASSWORD", spaced)
    site.write("posts", post(1, modified=LONG_AGO))
    assert loaded(site.load()) == {"posts": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, None),
        ("", 0),
        ("<p>Ein <b>fett</b>es Wort</p>", 4),
        ("<script>let no = 1</script><style>p{}</style> eins", 1),
        ("[gallery ids='1'] zwei Wörter &amp; – 3", 3),
        ("چای می‌خواهم", 2),
    ],
    ids=["nothing", "empty", "tags", "scripts", "shortcode", "persian"],
)
def test_words_are_counted_as_a_reader_would(text, words):
    """Reading time is what engaged time is measured against."""
    assert word_count(text) == words
