"""Ghost: updates, unsubscribing, deletions and late events end in the right rows."""

import base64
import json

import pytest

from ingestion.load import load_all
from ingestion.rest import ApiError
from ingestion.sandbox.server.vendors.ghost.keys import admin_key, check_token
from ingestion.sources import ghost
from ingestion.sources._ghost_api import AdminToken

from .conftest import TOKEN
from .content_site import ContentSite, event, letter, member, object_id

NOW = "2026-11-18T12:00:00"
EMAIL = {
    "id": object_id(900),
    "post_id": object_id(1),
    "newsletter_id": object_id(7),
    "status": "submitted",
    "subject": "Hallo",
    "email_count": 3,
    "delivered_count": 2,
    "opened_count": 1,
    "failed_count": 0,
    "track_opens": True,
    "track_clicks": True,
    "submitted_at": "2026-11-18T11:00:00.000Z",
}

NEWEST = member(5, updated_at="2026-10-01T10:00:00.000Z")


@pytest.fixture
def site(tmp_path, server, monkeypatch):
    """Return an empty site."""
    return ContentSite("ghost", tmp_path, server, monkeypatch)


def loaded(result):
    """Return the rows that each table got, where it got some."""
    return {table.table: table.loaded for table in result.tables if table.loaded}


def test_a_letter_and_its_e_mail_keep_their_values(site):
    """A mistaken path or type would make a column NULL for ever."""
    tag = {
        "id": object_id(5),
        "name": "#de",
        "slug": "hash-de",
        "visibility": "internal",
    }
    site.write(
        "posts",
        letter(
            1,
            tags=[tag],
            primary_tag=tag,
            primary_author={"id": object_id(8), "name": "Ute"},
            newsletter={"id": object_id(7)},
            email=EMAIL,
            count={"clicks": 4, "positive_feedback": 2, "negative_feedback": 1},
        ),
        letter(2, status="draft", published_at=None, html=None),
    )
    site.load()
    assert site.rows(
        "select primary_tag_id, primary_author_id, newsletter_id, email_id, "
        "count_clicks, count_positive_feedback, content_word_count, tags ->> '$[0].slug' "
        f"from posts where id = '{object_id(1)}'"
    ) == [
        (
            *(object_id(5), object_id(8), object_id(7), object_id(900)),
            *(4, 2, 2, "hash-de"),
        )
    ]
    assert site.rows(
        "select status, content_word_count, email_id from posts "
        f"where id = '{object_id(2)}'"
    ) == [("draft", None, None)]
    assert site.rows(
        "select id, post_id, email_count, opened_count, submitted_at::timestamp::varchar "
        "from emails"
    ) == [(object_id(900), object_id(1), 3, 1, "2026-11-18 11:00:00")]


def test_what_rises_without_a_new_date_is_loaded_again(site):
    """Clicks, statistics and tags of a post change without `updated_at`."""
    site.write("posts", letter(1, email=EMAIL), letter(2))
    assert loaded(site.load()) == {"posts": 2, "emails": 1}
    assert loaded(site.load()) == {}
    site.write("posts", letter(1, email={**EMAIL, "opened_count": 2}), letter(2))
    assert loaded(site.load()) == {"emails": 1}
    counts = {"clicks": 1, "positive_feedback": 0, "negative_feedback": 0}
    site.write("posts", letter(1, email=EMAIL, count=counts), letter(2))
    assert loaded(site.load()) == {"posts": 1, "emails": 1}


def test_members_are_loaded_with_their_lists(site):
    """A list that is lost would make everybody unsubscribed."""
    site.write(
        "members",
        member(
            1,
            geolocation='{"country":"Germany","country_code":"DE"}',
            labels=[{"name": "VIP"}],
            email_suppression={
                "suppressed": True,
                "info": {"reason": "fail", "timestamp": "2026-03-02T08:00:00.000Z"},
            },
            note="private",
        ),
        member(2, geolocation="not JSON", newsletters=[], subscribed=False),
    )
    site.load()
    assert site.rows(
        "select email, geolocation_country, labels, newsletters ->> '$[0].name', "
        "email_suppression_suppressed, email_suppression_reason, "
        "email_suppression_timestamp::timestamp::varchar from members order by id"
    ) == [
        (
            *("leser1@post.example", "Germany", '[{"name":"VIP"}]', "Briefe"),
            *(True, "fail", "2026-03-02 08:00:00"),
        ),
        ("leser2@post.example", None, "[]", None, None, None, None),
    ]
    names = {
        name for (name,) in site.rows("select column_name from (describe members)")
    }
    assert "note" not in names


def test_more_members_than_a_page_arrive_once(site):
    """Ghost makes `limit=all` a page of a hundred, without a word."""
    site.write("members", *(member(number) for number in range(1, 251)))
    assert loaded(site.load()) == {"members": 250}
    assert site.server.paths.count("GET /ghost/api/admin/members/") == 3


def test_unsubscribing_and_deleting_end_in_the_right_rows(site):
    """Neither touches `updated_at`; a delete leaves no trace at all."""
    site.write("members", member(1), member(2), member(3))
    site.load()
    site.write("members", member(1, newsletters=[], subscribed=False), member(3))
    assert loaded(site.load()) == {"members": 1, "vanished_records": 1}
    assert site.rows("select id, subscribed from members order by id") == [
        (object_id(1), False),
        (object_id(2), True),
        (object_id(3), True),
    ]
    assert site.rows("select table_name, record_id from vanished_records") == [
        ("members", object_id(2))
    ]


@pytest.fixture
def large(site, monkeypatch):
    """Return a site with too many members to be listed at every load."""
    monkeypatch.setattr(ghost, "MOST_LISTED", 3)
    site.write("members", *(member(number) for number in range(1, 5)), NEWEST)
    site.write("member_events", event("signup_event", 1))
    site.load()
    return site


def test_members_of_a_large_site_are_read_by_date_and_by_event(large):
    """`updated_at` alone would miss who unsubscribed."""
    large.write(
        "members",
        member(1, newsletters=[], subscribed=False),
        member(2, name="Neu", updated_at=f"{NOW}.000Z"),
        member(3, labels=[{"name": "unseen"}]),
        member(4),
        NEWEST,
    )
    large.write(
        "member_events",
        event("signup_event", 1),
        event("newsletter_event", 99, NOW, member_id=object_id(1), subscribed=False),
    )
    assert loaded(large.load()) == {"members": 2, "member_events": 1}
    assert large.rows("select name, subscribed from members order by id limit 2") == [
        ("Leser 1", False),
        ("Neu", True),
    ]
    load_all(large.settings, ["ghost"], read_all=True)
    assert large.rows(f"select labels from members where id = '{object_id(3)}'") == [
        ('[{"name":"unseen"}]',)
    ]


def test_hard_deletes_of_a_large_site_are_found_with_all_records(large):
    """An hourly run cannot read a hundred thousand members."""
    large.write("members", *(member(number) for number in range(2, 5)), NEWEST)
    large.load()
    assert large.rows("select count(*) from vanished_records") == [(0,)]
    load_all(large.settings, ["ghost"], read_all=True)
    assert large.rows("select record_id from vanished_records") == [(object_id(1),)]


def test_events_of_every_type_keep_what_they_are_about(site):
    """Each type nests its member, post, e-mail and newsletter elsewhere."""
    site.write(
        "member_events",
        event(
            "signup_event",
            1,
            attribution_id=object_id(1),
            attribution_type="post",
            utm_campaign="autumn-newsletter-26",
            referrer_source="Google",
            attribution={"id": object_id(1), "type": "post", "title": "Letter 1"},
        ),
        event("newsletter_event", 2, newsletter_id=object_id(7), subscribed=False),
        event("email_opened_event", 3, email=EMAIL),
        event("email_complaint_event", 4, email_id=object_id(900), email=EMAIL),
        event(
            "click_event",
            5,
            member_id=None,
            member={"id": object_id(50)},
            post={"id": object_id(1)},
            link={"from": "/r/1", "to": "https://shop.example/"},
        ),
        event("payment_event", 6, amount=500, currency="eur"),
        event(
            "email_change_event", 7, from_email="a@b.example", to_email="c@d.example"
        ),
        event("subscription_event", 8, type="created", mrr_delta=500, currency="eur"),
        # The same clicks once more, which nobody asks for.
        event("aggregated_click_event", 5),
    )
    site.load()
    found = site.rows(
        "select type, member_id, post_id, newsletter_id, email_id, coalesce(attribution_"
        "title, utm_campaign, link_to, to_email, subscription_type, amount::varchar, "
        "subscribed::varchar) from member_events order by id"
    )
    one, seven, mail = object_id(1), object_id(7), object_id(900)
    assert found == [
        ("signup_event", one, None, None, None, "Letter 1"),
        ("newsletter_event", object_id(2), None, seven, None, "false"),
        ("email_opened_event", object_id(3), one, seven, mail, None),
        ("email_complaint_event", object_id(4), one, seven, mail, None),
        ("click_event", object_id(50), one, None, None, "https://shop.example/"),
        ("payment_event", object_id(6), None, None, None, "500"),
        ("email_change_event", object_id(7), None, None, None, "c@d.example"),
        ("subscription_event", object_id(8), None, None, None, "created"),
    ]


def test_a_batch_of_e_mails_of_one_second_arrives_whole(site):
    """The feed has no pages, and its filter knows no less than a second."""
    site.write(
        "member_events",
        *(event("email_sent_event", number) for number in range(1, 251)),
        *(event("login_event", number) for number in range(1, 4)),
    )
    assert loaded(site.load()) == {"member_events": 253}


def test_events_that_appear_late_are_found_and_older_ones_not_read_again(site):
    """What became of an e-mail is collected from the mail service for days."""
    old = [event("login_event", number) for number in range(1, 151)]
    site.write("member_events", *old, event("login_event", 900, NOW))
    site.load()
    late = event("email_opened_event", 901, "2026-11-16T12:00:00", email=EMAIL)
    site.write("member_events", *old, event("login_event", 900, NOW), late)
    result = site.load()
    assert loaded(result) == {"member_events": 1}
    events = next(one for one in result.tables if one.table == "member_events")
    assert (events.received, events.skipped) == (2, 1)


def test_a_copy_that_was_sent_and_then_delivered_has_both_rows(site):
    """Ghost lists a copy as sent only until the mail service says more."""
    site.write("member_events", event("email_sent_event", 1, NOW, email=EMAIL))
    site.load()
    site.write("member_events", event("email_delivered_event", 1, NOW, email=EMAIL))
    site.load()
    assert site.rows("select type from member_events order by 1") == [
        ("email_delivered_event",),
        ("email_sent_event",),
    ]
    assert site.rows("select count(*) from vanished_records") == [(0,)]


def test_a_token_is_one_that_ghost_accepts_and_is_signed_anew(monkeypatch):
    """A wrong audience, life or signature is refused; five minutes pass in a load."""
    key = admin_key("x")
    key_id, _, secret = key.partition(":")
    token = AdminToken(key)

    class Request:
        def __init__(self) -> None:
            self.headers: dict[str, str] = {}

    first = token(Request()).headers["Authorization"]
    kind, _, signed = first.partition(" ")
    payload = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
    assert kind == "Ghost"
    assert payload["aud"] == "/admin/"
    assert payload["exp"] - payload["iat"] == 300
    check_token(signed, {key_id: secret}, payload["iat"] + 299)
    assert token(Request()).headers["Authorization"] == first
    clock = f"{AdminToken.__module__}.time.time"
    monkeypatch.setattr(clock, lambda: payload["iat"] + 400)
    token.renew("Ghost another")
    assert token(Request()).headers["Authorization"] == first
    token.renew(first)
    assert token(Request()).headers["Authorization"] != first


@pytest.mark.parametrize("key", ["", "abc", f"{'0' * 24}:xyz"])
def test_a_key_that_is_none_is_named_before_anything_is_requested(key):
    """The Content API key is pasted in its place at times."""
    with pytest.raises(ApiError, match=r"ghost: the key is .*ADMIN_API_KEY.*requested"):
        AdminToken(key)(None)


def test_the_sandbox_s_key_is_refused_when_it_is_not_the_site_s(site, monkeypatch):
    """Else a mistyped secret looks like a site without members."""
    wrong = admin_key(f"{TOKEN}2")
    monkeypatch.setenv("SOURCES__GHOST__ADMIN_API_KEY", wrong)
    with pytest.raises(Exception, match=r"ghost: the API refused.*Unknown Admin API"):
        site.load()
