"""A misbehaving WordPress ends in the right rows or one message; never silently short."""

import pytest

from ingestion.load import LoadError
from ingestion.sandbox.server.gate import Answer
from ingestion.sandbox.server.vendors.wordpress.site import Site

from .conftest import TOKEN
from .content_site import ContentSite, comment, post

POSTS = "/wp-json/wp/v2/posts"
# Of the requests for posts: the total, two pages of versions, two pages of posts.
FIRST_LIST, FIRST_POSTS = 1, 3


@pytest.fixture
def site(tmp_path, server, monkeypatch):
    """Return a site with 130 posts: two pages of a list."""
    site = ContentSite("wordpress", tmp_path, server, monkeypatch)
    site.write("posts", *(post(number) for number in range(1, 131)))
    site.write("comments", comment(1))
    return site


def is_complete(site):
    """Whether exactly the right rows are there."""
    return site.rows(
        "select count(*), count(distinct id), (select count(*) from comments), "
        "(select bool_and(is_balanced) from load_reconciliation) from posts"
    ) == [(130, 130, 1, True)]


@pytest.mark.parametrize(
    "fault",
    [
        f'rate_limit = {{ path = "{POSTS}", after = 1, count = 3, retry_after = "7" }}',
        f'rate_limit = {{ path = "{POSTS}", after = 1, count = 2, html = true }}',
        f'server_error = {{ path = "{POSTS}", after = 2, count = 4, status = 503 }}',
        f'bad_gateway_page = {{ path = "{POSTS}", after = 3 }}',
        f'truncated_body = {{ path = "{POSTS}", after = 1, count = 2 }}',
        f'cut_connection = {{ path = "{POSTS}", after = 3 }}',
        f'slow_page = {{ path = "{POSTS}", seconds = 0.05 }}',
        f'error_with_ok = {{ path = "{POSTS}", after = 1, count = 2 }}',
        f'duplicate_rows = {{ path = "{POSTS}", count = 0, rows = 3 }}',
        f'duplicate_rows = {{ path = "{POSTS}", after = 2, from_previous = true }}',
        f'missing_rows = {{ path = "{POSTS}", after = {FIRST_LIST}, rows = 2 }}',
        f'missing_rows = {{ path = "{POSTS}", after = {FIRST_POSTS}, rows = 2 }}',
        f'missing_rows = {{ path = "{POSTS}", after = 2, rows = 0 }}',
        f'expired_cursor = {{ path = "{POSTS}" }}',
    ],
    ids=[
        "429 with Retry-After",
        "429 of a firewall, in HTML",
        "maintenance",
        "502 page",
        "truncated JSON",
        "connection cut",
        "slow page",
        "error body with status 200",
        "rows twice in a page",
        "rows of the page before again",
        "versions left out of a list once",
        "posts left out of a page once",
        "an empty page in the middle",
        "a page number that is gone, as something was deleted",
    ],
)
def test_a_mishap_that_passes_leaves_exactly_the_right_rows(site, fault):
    """Else a bad hour at the host costs articles, or doubles them."""
    site.faults = fault
    site.load()
    assert is_complete(site)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            f'missing_rows = {{ path = "{POSTS}", after = 1, count = 0 }}',
            r"wordpress: posts left out records: the site has 130, 128 arrived, in 3 "
            + r"readings.*role Editor.*Nothing of this run was stored",
        ),
        (
            f'server_error = {{ path = "{POSTS}", count = 0, status = 503 }}',
            r"wordpress: GET wp/v2/posts .* failed after every retry: 503",
        ),
        (
            f'revoked_token = {{ path = "{POSTS}", after = 2 }}',
            r"GET .*posts answered 401 rest_forbidden_context.*APPLICATION_PASSWORD",
        ),
        (
            f'truncated_body = {{ path = "{POSTS}", count = 0 }}',
            r"wordpress: GET wp/v2/posts .*a body that is not JSON",
        ),
    ],
    ids=["rows left out for ever", "down", "password revoked mid-run", "cut for ever"],
)
def test_a_mishap_that_stays_fails_with_its_remedy_and_the_next_load_completes(
    site, fault, message
):
    """Else a run is green with half of the articles, or stays broken afterwards."""
    site.faults = fault
    with pytest.raises(LoadError, match=message) as failed:
        site.load()
    assert TOKEN not in str(failed.value)
    site.faults = ""
    site.load()
    assert is_complete(site)


def test_a_wrong_password_is_not_taken_for_an_empty_blog(site, monkeypatch):
    """WordPress answers it with 200 and what is public, without drafts or addresses."""
    monkeypatch.setenv("SOURCES__WORDPRESS__APPLICATION_PASSWORD", "wrong")
    with pytest.raises(
        LoadError, match=r"401 rest_not_logged_in.*Authorization header"
    ):
        site.load()
    assert site.server.paths == ["GET /wp-json/wp/v2/users/me"]


def test_an_empty_user_name_is_named_before_anything_is_requested(site, monkeypatch):
    """Basic authentication with an empty name is anonymous, too."""
    monkeypatch.setenv("SOURCES__WORDPRESS__USERNAME", " ")
    with pytest.raises(LoadError, match="SOURCES__WORDPRESS__USERNAME is empty"):
        site.load()
    assert site.server.paths == []


def test_users_that_an_editor_may_not_read_leave_the_rest_loaded(site):
    """Only administrators may list users; articles are no less right without them."""
    site.faults = 'missing_scope = { path = "/users", after = 1 }'
    with pytest.raises(LoadError, match=r"users was not loaded.*SKIP.*Everything else"):
        site.load()
    assert is_complete(site)


def test_a_list_without_its_total_is_refused(site, monkeypatch):
    """A proxy that drops X-WP-Total would hide every missing row."""
    listing = Site.listing
    monkeypatch.setattr(
        Site, "listing", lambda self, asked: Answer(listing(self, asked).body)
    )
    with pytest.raises(LoadError, match="posts came without X-WP-Total"):
        site.load()


def test_a_site_that_is_no_wordpress_is_told_apart(site, monkeypatch):
    """Else the first thing one sees is a trace of the JSON parser."""
    url = f"{site.server.url}/blog"
    monkeypatch.setenv("SOURCES__WORDPRESS__BASE_URL", url)
    with pytest.raises(LoadError, match=r"wordpress: GET .* answered 404"):
        site.load()
