"""WordPress's API as the sandbox speaks it: as measured on a real WordPress 6.1."""

import base64
from itertools import pairwise

import pytest
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import HttpBasicAuth
from dlt.sources.helpers.rest_client.paginators import HeaderLinkPaginator

from ingestion.sandbox.process import running_sandbox

from .conftest import sandbox_settings

POSTS = "/wp-json/wp/v2/posts"
TEHRAN = '[wordpress]\ntimezone = "Asia/Tehran"'


def post(number, status="publish", **more):
    """Return a post; it was modified at 05:00:03 UTC, in Tehran 08:30:03."""
    return {
        "id": number,
        "date": f"2026-11-{number:02d}T08:30:00",
        "modified": f"2026-11-22T08:30:{number:02d}",
        "modified_gmt": f"2026-11-22T05:00:{number:02d}",
        "slug": f"post-{number}",
        "status": status,
        "title": {"raw": "A & B", "rendered": "A &amp; B"},
        "author": 1,
        **more,
    }


FILES = {
    "wordpress/posts": [post(1), post(2), post(3), post(4, "trash"), post(5, "draft")],
    "wordpress/comments": [
        {"id": n, "post": 1, "status": status, "date": "2026-11-22T08:30:00"}
        for n, status in enumerate(("approved", "hold", "spam", "trash"), 1)
    ],
    "wordpress/users": [
        {"id": 1, "name": "Ute", "email": "ute@zafran.example", "username": "ute"},
        {"id": 2, "name": "Lea", "email": "lea@zafran.example", "username": "lea"},
    ],
}


@pytest.fixture
def site(make_api):
    """Return the API of a site in Tehran's time, asked by its user."""
    api = make_api(FILES, TEHRAN)
    api.headers = basic("sandbox", "sandbox-token")
    return api


@pytest.fixture
def stranger(site):
    """Return the same API, asked with a wrong password."""
    site.headers = basic("sandbox", "wrong")
    return site


def basic(username, password):
    """Return the header of basic authentication."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def ids(answer):
    """Return the ids of a list in its order."""
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]


def refused(answer):
    """Return status and code of an error, which names its status in the body."""
    body = answer.json()
    assert body["data"]["status"] == answer.status_code
    return answer.status_code, body["code"]


def test_a_wrong_password_is_a_stranger_who_sees_what_is_public(stranger):
    """This is the trap: 200, and less."""
    answer = stranger.get(POSTS)
    assert ids(answer) == [3, 2, 1]
    assert answer.json()[0]["title"] == {"rendered": "A &amp; B"}
    assert refused(stranger.get("/wp-json/wp/v2/users/me")) == (
        *(401, "rest_not_logged_in"),
    )
    for path in ("posts", "users", "comments"):
        answer = stranger.get(f"/wp-json/wp/v2/{path}", context="edit")
        assert refused(answer) == (401, "rest_forbidden_context")
    assert refused(stranger.get(POSTS, status="publish,trash")) == (
        *(400, "rest_invalid_param"),
    )
    answer = stranger.get("/wp-json/wp/v2/comments", status="spam")
    assert refused(answer) == (401, "rest_forbidden_param")
    assert refused(stranger.get(f"{POSTS}/4")) == (401, "rest_forbidden")
    # Only authors of something published, without their addresses.
    answer = stranger.get("/wp-json/wp/v2/users")
    assert ids(answer) == [1]
    assert "email" not in answer.json()[0]


def test_any_status_is_not_the_trash(site):
    """Else a program that works here loses deleted posts there."""
    assert ids(site.get(POSTS, status="any", orderby="id", order="asc")) == [1, 2, 3, 5]
    assert ids(site.get(POSTS, status="trash,draft", orderby="id")) == [5, 4]
    assert ids(site.get(POSTS, **{"status[]": ["trash", "draft"]})) == [5, 4]
    assert refused(site.get(POSTS, status="gone")) == (400, "rest_invalid_param")
    comments = "/wp-json/wp/v2/comments"
    assert ids(site.get(comments)) == [1]
    assert sorted(ids(site.get(comments, status="all"))) == [1, 2]
    assert ids(site.get(comments, status="trash")) == [4]


@pytest.mark.parametrize(
    ("bound", "found"),
    [
        ("2026-11-22T05:00:02", [3, 2, 1]),
        ("2026-11-22T05:00:02Z", [3]),
        ("2026-11-22T08:30:02", [3]),
        ("2026-11-22T08:30:02+03:30", [3]),
        ("2026-11-22T05:00:03Z", []),
    ],
    ids=["UTC read as local", "with Z", "local", "with offset", "exclusive"],
)
def test_modified_after_compares_local_times(site, bound, found):
    """A UTC value without its Z is 3:30 too early here, and too late west of London."""
    assert ids(site.get(POSTS, modified_after=bound)) == found


def test_a_list_says_its_total_and_a_page_beyond_the_end_is_an_error(site):
    """Totals are how a reader knows that nothing is missing."""
    answer = site.get(POSTS, per_page=2, page=2)
    assert ids(answer) == [1]
    assert answer.headers["X-WP-Total"] == "3"
    assert answer.headers["X-WP-TotalPages"] == "2"
    assert 'rel="prev"' in answer.headers["Link"]
    assert 'rel="next"' not in answer.headers["Link"]
    late = site.get(POSTS, per_page=2, page=3)
    assert refused(late) == (400, "rest_post_invalid_page_number")
    # Comments and users have no such error.
    assert ids(site.get("/wp-json/wp/v2/comments", page=9)) == []
    assert refused(site.get(POSTS, per_page=101)) == (400, "rest_invalid_param")


def test_fields_context_and_includes_shape_an_answer(site):
    """Else a column is NULL there that was filled here."""
    answer = site.get(POSTS, context="edit", _fields="id,title.raw,nothing")
    assert answer.json()[0] == {"id": 3, "title": {"raw": "A & B"}}
    answer = site.get(POSTS, include="3,1", orderby="include")
    assert ids(answer) == [3, 1]
    assert "_links" in answer.json()[0]
    assert refused(site.get(POSTS, include="x")) == (400, "rest_invalid_param")
    assert refused(site.get(POSTS, orderby="size")) == (400, "rest_invalid_param")
    assert refused(site.get(f"{POSTS}/77")) == (404, "rest_post_invalid_id")
    assert refused(site.get("/wp-json/wp/v2/things")) == (404, "rest_no_route")
    assert site.get("/wp-json/").json()["gmt_offset"] == 3.5


def test_plain_permalinks_answer_the_same(site):
    """A site without rewrite rules has only this route."""
    answer = site.get("/", rest_route="/wp/v2/posts", _fields="id")
    assert ids(answer) == ids(site.get(POSTS))
    assert site.get("/", rest_route="/wp/v2/users/me").status_code == 200
    assert refused(site.get("/", rest_route="/wp/v2/things")) == (404, "rest_no_route")


def test_a_host_s_limit_answers_429(make_api):
    """WordPress limits nothing, hosts do."""
    limits = "[limits.wordpress]\nenforced = true\nrequests_per_minute = 1"
    api = make_api(FILES, limits)
    assert api.get(POSTS).status_code == 200
    assert refused(api.get(POSTS)) == (429, "too_many_requests")


def test_dlt_s_own_client_follows_the_links_of_a_list(make_data, tmp_path):
    """A client that knows nothing of us reads every post once."""
    many = [post(n % 28 + 1) | {"id": n} for n in range(1, 251)]
    settings = sandbox_settings(tmp_path, make_data({"wordpress/posts": many}))
    with running_sandbox(settings) as variables:
        client = RESTClient(
            base_url=f"{variables['SOURCES__WORDPRESS__BASE_URL']}/wp-json/wp/v2/",
            auth=HttpBasicAuth(
                variables["SOURCES__WORDPRESS__USERNAME"],
                variables["SOURCES__WORDPRESS__APPLICATION_PASSWORD"],
            ),
            paginator=HeaderLinkPaginator(),
        )
        query = {"per_page": 100, "context": "edit", "orderby": "id", "order": "asc"}
        found = [
            one["id"] for page in client.paginate("posts", params=query) for one in page
        ]
    assert len(found) == 250
    assert all(before < after for before, after in pairwise(found))
