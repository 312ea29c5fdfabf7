"""Ghost's APIs as the sandbox speaks them: as measured on a real Ghost 6.65."""

import base64
import hashlib
import hmac
import json
import time

import pytest

from ingestion.sandbox.server.vendors.ghost import nql
from ingestion.sandbox.server.vendors.ghost.keys import admin_key, content_key

ADMIN, CONTENT = "/ghost/api/admin", "/ghost/api/content"
KEY_ID, _, SECRET = admin_key("sandbox-token").partition(":")
TEA = {"id": "t1", "name": "Tee", "slug": "tee", "visibility": "public"}
GERMAN = {"id": "t2", "name": "#de", "slug": "hash-de", "visibility": "internal"}
UTE = {"id": "a1", "name": "Ute", "slug": "ute", "email": "ute@zafran.example"}


def post(number, status="published", **more):
    """Return a post, later ones updated later."""
    day = f"2026-01-{number:02d}T10:00:00.000Z"
    return {
        "id": f"p{number:02d}",
        "title": f"Post {number}",
        "slug": f"post-{number}",
        "status": status,
        "html": "<p>x</p>",
        "plaintext": "x",
        "lexical": "{}",
        "featured": number == 2,
        "updated_at": day,
        "published_at": day if status == "published" else None,
        "tags": [TEA, GERMAN] if number == 1 else [],
        "authors": [UTE],
        "count": {"clicks": number, "positive_feedback": 0},
        **more,
    }


def event(kind, number, moment, **data):
    """Return an event of member m1."""
    data = {"id": f"e{number:03d}", "member_id": "m1", "created_at": moment, **data}
    return {"type": kind, "data": data}


FILES = {
    "ghost/posts": [post(1), post(2), post(3), post(4, "draft"), post(5, "scheduled")],
    "ghost/members": [
        {"id": "m1", "email": "lea@post.example", "labels": [{"slug": "vip"}]},
        {"id": "m2", "email": "o'connor@post.example", "labels": []},
    ],
    "ghost/member_events": [
        event("login_event", 1, "2026-01-01T00:00:00.000Z"),
        event("login_event", 2, "2026-01-02T00:00:00.000Z"),
        event("login_event", 3, "2026-01-02T00:00:00.000Z"),
        event("email_complaint_event", 4, "2026-01-03T00:00:00.000Z", member_id="m2"),
        event(
            "signup_event", 5, "2025-12-31T00:00:00.000Z", attribution={"type": "url"}
        ),
    ],
}


def signed(secret=SECRET, key_id=KEY_ID, **payload):
    """Return an Admin API token."""
    now = int(time.time())
    payload = {"iat": now, "exp": now + 300, "aud": "/admin/", **payload}
    header = {"alg": "HS256", "kid": key_id, "typ": "JWT"}
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=")
        for one in (header, payload)
    ]
    digest = hmac.digest(bytes.fromhex(secret), b".".join(parts), hashlib.sha256)
    parts.append(base64.urlsafe_b64encode(digest).rstrip(b"="))
    return f"Ghost {b'.'.join(parts).decode()}"


@pytest.fixture
def site(make_api):
    """Return the API of a small site, asked by its integration."""
    api = make_api(FILES)
    api.headers = {"Authorization": signed(), "Accept-Version": "v6.0"}
    return api


def titles(answer):
    """Return the titles of a list in its order."""
    assert answer.status_code == 200, answer.text
    return [one["title"] for one in answer.json()["posts"]]


def refused(answer):
    """Return status, type and message of an error."""
    error = answer.json()["errors"][0]
    return answer.status_code, error["type"], error["message"]


@pytest.mark.parametrize(
    ("token", "status", "message"),
    [
        ({"aud": "/content/"}, 401, "audience"),
        ({"exp": int(time.time()) - 1}, 401, "expired"),
        ({"exp": int(time.time()) + 3_600}, 401, "maxAge"),
        ({"secret": "00" * 32}, 401, "signature"),
        ({"key_id": "0" * 24}, 401, "Unknown Admin API Key"),
    ],
    ids=["audience", "expired", "too long a life", "signature", "unknown key"],
)
def test_only_a_fresh_token_of_a_known_key_is_let_in(site, token, status, message):
    """Else a client that works here is refused there."""
    site.headers["Authorization"] = signed(**token)
    found = refused(site.get(f"{ADMIN}/posts/"))
    assert found[0] == status
    assert message in found[2]


def test_a_request_without_a_token_is_forbidden(site):
    """403, not 401: a client must not try to renew what it has not."""
    site.headers = {}
    assert refused(site.get(f"{ADMIN}/posts/"))[:2] == (403, "NoPermissionError")
    assert site.get(f"{ADMIN}/site/").status_code == 200


def test_the_version_is_answered_when_one_is_asked_for(site):
    """Clients refuse a server that says nothing."""
    assert site.get(f"{ADMIN}/posts/").headers["Content-Version"] == "v6.65"


@pytest.mark.parametrize(
    ("limit", "shown"),
    [("all", 100), ("500", 100), ("0", 15), (None, 15), ("2", 2)],
)
def test_a_page_has_at_most_a_hundred_rows(make_api, limit, shown):
    """`limit=all` was all, until version 6."""
    api = make_api({"ghost/members": [{"id": f"m{n:03d}"} for n in range(130)]})
    api.headers = {"Authorization": signed()}
    answer = api.get(f"{ADMIN}/members/", **({"limit": limit} if limit else {}))
    assert len(answer.json()["members"]) == shown
    assert answer.json()["meta"]["pagination"]["total"] == 130


def test_beyond_the_end_there_is_always_a_next_page(site):
    """A client that follows `next` never ends."""
    body = site.get(f"{ADMIN}/posts/", limit=2, page=99).json()
    assert body["posts"] == []
    assert body["meta"]["pagination"] == {
        "page": 99,
        "limit": 2,
        "pages": 3,
        "total": 5,
        "next": 100,
        "prev": 98,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("status:published", [1, 2, 3]),
        ("status:[draft,scheduled]", [4, 5]),
        ("status:-[draft,scheduled]+featured:false", [1, 3]),
        ("status:-published", [4, 5]),
        ("updated_at:>'2026-01-03 10:00:00'", [4, 5]),
        ("updated_at:>='2026-01-03T10:00:00.000Z'+updated_at:<'2026-01-05'", [3, 4]),
        ("published_at:null", [4, 5]),
        ("published_at:-null+(featured:true,slug:post-3)", [2, 3]),
        ("tag:tee", [1]),
        ("id:>'p03'", [4, 5]),
        ("title:~'post'+title:~$'2'", [2]),
        ("count.clicks:>=4", [4, 5]),
    ],
)
def test_a_filter_finds_what_it_says(site, text, found):
    """NQL is how incremental loads ask."""
    answer = site.get(f"{ADMIN}/posts/", filter=text, order="id asc")
    assert titles(answer) == [f"Post {number}" for number in found]


@pytest.mark.parametrize("text", ["status:", "status", "(status:x", "a b", "nope:1"])
def test_a_filter_that_is_none_is_refused(site, text):
    """Else a typing mistake finds everything."""
    answer = site.get(f"{ADMIN}/posts/", filter=text)
    assert refused(answer)[:2] == (400, "BadRequestError")


def test_quoted_text_may_hold_quotes_and_marks(site):
    """An address with an apostrophe would end the filter early."""
    text = r"email:'o\'connor@post.example'"
    answer = site.get(f"{ADMIN}/members/", filter=text)
    assert [one["id"] for one in answer.json()["members"]] == ["m2"]
    node = nql.parse("name:'a+b,(c)'")
    assert isinstance(node, nql.Compare)
    assert node.values == ("a+b,(c)",)


def test_includes_formats_and_fields_shape_a_record(site):
    """Else a column is NULL there that was filled here."""
    plain = site.get(f"{ADMIN}/posts/p01/").json()["posts"][0]
    assert "html" not in plain
    assert plain["lexical"] == "{}"
    answer = site.get(
        f"{ADMIN}/posts/p01/", formats="html", include="tags,count.clicks"
    )
    found = answer.json()["posts"][0]
    assert found["html"] == "<p>x</p>"
    assert "lexical" not in found
    assert "authors" not in found
    assert found["count"] == {"clicks": 1}
    few = site.get(f"{ADMIN}/posts/", fields="id,title", limit=1).json()["posts"][0]
    assert set(few) == {"id", "title"}


def test_tags_and_users_without_files_are_those_of_the_posts(site):
    """A data directory needs only what matters to it."""
    tags = site.get(f"{ADMIN}/tags/").json()["tags"]
    assert [tag["slug"] for tag in tags] == ["hash-de", "tee"]
    users = site.get(f"{ADMIN}/users/").json()["users"]
    assert [user["email"] for user in users] == ["ute@zafran.example"]


def test_the_activity_feed_is_paged_by_its_filter_only(site):
    """It has a total and no pages, and says its limit as it was asked."""
    path = f"{ADMIN}/members/events/"
    body = site.get(path, limit="2", filter="type:login_event").json()
    assert [one["data"]["id"] for one in body["events"]] == ["e003", "e002"]
    assert body["meta"]["pagination"] == {
        "limit": "2",
        "total": 3,
        "pages": 2,
        "page": None,
        "next": None,
        "prev": None,
    }
    rest = (
        "type:login_event+(data.created_at:<'2026-01-02 00:00:00',"
        "data.created_at:'2026-01-02 00:00:00'+id:<'e003')"
    )
    body = site.get(path, filter=rest).json()
    assert [one["data"]["id"] for one in body["events"]] == ["e002", "e001"]
    # The filter's name of a type is at times not that of its rows.
    body = site.get(path, filter="type:email_complained_event").json()
    assert [one["type"] for one in body["events"]] == ["email_complaint_event"]
    body = site.get(path, filter="type:[signup_event]+data.member_id:m1").json()
    assert [one["data"]["id"] for one in body["events"]] == ["e005"]
    assert refused(site.get(path, filter="data.source:x"))[1] == "IncorrectUsageError"


def test_attribution_is_shown_with_one_member_only(site):
    """The list does not have it; the signup event does."""
    listed = site.get(f"{ADMIN}/members/").json()["members"]
    assert all("attribution" not in one for one in listed)
    one = site.get(f"{ADMIN}/members/m1/").json()["members"][0]
    assert one["attribution"] == {"type": "url"}
    assert refused(site.get(f"{ADMIN}/members/m9/"))[:2] == (404, "NotFoundError")
    assert refused(site.get(f"{ADMIN}/emails/"))[:2] == (403, "NoPermissionError")


def test_the_content_api_shows_only_what_is_published(site):
    """Another key, no drafts, no addresses, and instants with an offset."""
    site.headers = {}
    key = content_key("sandbox-token")
    answer = site.get(f"{CONTENT}/posts/", key=key, include="tags,authors")
    assert titles(answer) == ["Post 3", "Post 2", "Post 1"]
    first = answer.json()["posts"][-1]
    assert first["published_at"] == "2026-01-01T10:00:00.000+00:00"
    assert "status" not in first
    tags = site.get(f"{CONTENT}/tags/", key=key).json()["tags"]
    assert [tag["slug"] for tag in tags] == ["tee"]
    authors = site.get(f"{CONTENT}/authors/", key=key).json()["authors"]
    assert "email" not in authors[0]
    assert refused(site.get(f"{CONTENT}/posts/", key="0" * 26))[0] == 401
    assert refused(site.get(f"{CONTENT}/posts/"))[0] == 403


def test_a_host_s_limit_answers_429(make_api):
    """Ghost limits only logins, hosts limit the rest."""
    limits = "[limits.ghost]\nenforced = true\nrequests_per_minute = 1"
    api = make_api(FILES, limits)
    api.headers = {"Authorization": signed()}
    assert api.get(f"{ADMIN}/posts/").status_code == 200
    assert refused(api.get(f"{ADMIN}/posts/"))[:2] == (429, "TooManyRequestsError")
