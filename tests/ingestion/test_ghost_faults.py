"""A misbehaving Ghost ends in the right rows or one message; never silently short."""

import pytest

from ingestion.load import LoadError
from ingestion.sandbox.server.vendors.ghost.keys import admin_key

from .conftest import TOKEN
from .content_site import ContentSite, event, letter, member

MEMBERS, EVENTS = "/admin/members/", "/members/events"


@pytest.fixture
def site(tmp_path, server, monkeypatch):
    """Return a site with two pages of members and of events."""
    site = ContentSite("ghost", tmp_path, server, monkeypatch)
    site.write("posts", letter(1))
    site.write("members", *(member(number) for number in range(1, 131)))
    site.write(
        "member_events", *(event("signup_event", number) for number in range(1, 131))
    )
    return site


def is_complete(site):
    """Whether exactly the right rows are there."""
    return site.rows(
        "select count(*), count(distinct id), (select count(*) from member_events), "
        "(select count(distinct id) from member_events), (select count(*) from posts), "
        "(select bool_and(is_balanced) from load_reconciliation) from members"
    ) == [(130, 130, 130, 130, 1, True)]


@pytest.mark.parametrize(
    "fault",
    [
        f'rate_limit = {{ path = "{MEMBERS}", count = 4, retry_after = "7" }}',
        f'rate_limit = {{ path = "{EVENTS}", count = 2, html = true }}',
        f'server_error = {{ path = "{EVENTS}", after = 1, count = 4, status = 503 }}',
        f'bad_gateway_page = {{ path = "{MEMBERS}", after = 3 }}',
        f'truncated_body = {{ path = "{EVENTS}", after = 1, count = 2 }}',
        f'cut_connection = {{ path = "{EVENTS}", after = 1 }}',
        f'slow_page = {{ path = "{EVENTS}", seconds = 0.05 }}',
        f'error_with_ok = {{ path = "{EVENTS}", count = 2 }}',
        f'duplicate_rows = {{ path = "{MEMBERS}", count = 0, rows = 3 }}',
        f'duplicate_rows = {{ path = "{EVENTS}", after = 1, from_previous = true }}',
        f'missing_rows = {{ path = "{EVENTS}", rows = 2 }}',
        f'missing_rows = {{ path = "{EVENTS}", after = 1, rows = 0 }}',
        "revoked_token = { after = 4, count = 1 }",
    ],
    ids=[
        "429 with Retry-After",
        "429 of a proxy, in HTML",
        "booting",
        "502 page",
        "truncated JSON",
        "connection cut",
        "slow page",
        "error body with status 200",
        "rows twice in a page",
        "rows of the page before again",
        "rows left out of a page once",
        "an empty page once",
        "a token that expired on the way",
    ],
)
def test_a_mishap_that_passes_leaves_exactly_the_right_rows(site, fault):
    """Else a bad hour at the host costs members, or doubles what they did."""
    site.faults = fault
    site.load()
    assert is_complete(site)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            f'missing_rows = {{ path = "{EVENTS}", count = 0 }}',
            r"ghost: events left out records: of 100 records of a page 99 arrived, in 3",
        ),
        (
            f'server_error = {{ path = "{MEMBERS}", count = 0, status = 503 }}',
            r"ghost: GET members/.* failed after every retry: 503",
        ),
        (
            "revoked_token = { after = 4 }",
            r"ghost: the API refused the token \(401.*SOURCES__GHOST__ADMIN_API_KEY",
        ),
        (
            f'error_with_ok = {{ path = "{EVENTS}", count = 0 }}',
            r"ghost: GET members/events/ .*200 without `events`",
        ),
    ],
    ids=["rows left out for ever", "down", "key revoked mid-run", "an error as 200"],
)
def test_a_mishap_that_stays_fails_with_its_remedy_and_the_next_load_completes(
    site, fault, message
):
    """Else a run is green with half of the members, or stays broken afterwards."""
    site.faults = fault
    with pytest.raises(LoadError, match=message) as failed:
        site.load()
    assert admin_key(TOKEN).partition(":")[2] not in str(failed.value)
    assert "Nothing of this run was stored" in str(failed.value)
    site.faults = ""
    site.load()
    assert is_complete(site)


def test_users_that_an_integration_may_not_read_leave_the_rest_loaded(site):
    """A staff token of a contributor reads posts, and little else."""
    site.faults = 'missing_scope = { path = "/admin/users" }'
    with pytest.raises(LoadError, match=r"ghost: users was not loaded.*SKIP"):
        site.load()
    assert is_complete(site)


def test_skipped_posts_do_not_make_their_e_mails_vanish(site, monkeypatch):
    """E-mails are known through posts only."""
    site.write("posts", letter(1, email={"id": "e" * 24, "status": "submitted"}))
    site.load()
    monkeypatch.setenv("SOURCES__GHOST__SKIP", "posts")
    site.load()
    assert site.rows("select count(*) from vanished_records") == [(0,)]
