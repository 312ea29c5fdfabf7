"""Zendesk misbehaves: exactly the right rows, or one message and a next load that works."""

import json

import pytest

from ingestion.load import LoadError
from ingestion.rest import ApiError
from ingestion.settings import Settings
from ingestion.sources import _zendesk_api, _zendesk_exports, zendesk

from .zendesk_account import (
    AGENT,
    COLLEAGUE,
    NEW,
    TOKEN,
    changed,
    event,
    open_account,
    ticket,
    user,
)

TICKETS = "/incremental/tickets/cursor"
EVENTS = "/incremental/ticket_events"
GROUPS = "/groups"
# Read like those that are left.
ALIKE = (
    "ticket_metric_events,organizations,group_memberships,brands,ticket_fields,"
    "satisfaction_ratings,schedules,schedule_holidays,deleted_tickets"
)
BUCKET = "total=10; remaining={}; resets=41"
COUNT = "select count(*), count(distinct id) from "


@pytest.fixture
def account(tmp_path, server, monkeypatch):
    """Return an account with 25 tickets in three pages, and 3 groups."""
    monkeypatch.setenv("SOURCES__ZENDESK__SKIP", ALIKE)
    monkeypatch.setattr(_zendesk_exports, "PAGE", 10)
    monkeypatch.setattr(_zendesk_api, "LIST_PAGE", 2)
    monkeypatch.setattr(_zendesk_api.Pace, "REFUSED_SECONDS", 0.0)
    opened = open_account(tmp_path, server, monkeypatch)
    opened.write_tickets(25)
    opened.write(
        "groups", [{"id": n, "name": "G", "deleted": False} for n in (1, 2, 3)]
    )
    return opened


def is_whole(account):
    """Return whether everything is in the warehouse once."""
    return (
        account.rows(f"{COUNT} tickets") == [(25, 25)]
        and account.rows(f"{COUNT} ticket_events") == [(25, 25)]
        and account.rows(f"{COUNT} ticket_child_events") == [(25, 25)]
        and account.rows(f"{COUNT} users") == [(2, 2)]
        and account.rows(f"{COUNT} groups") == [(3, 3)]
    )


def played(*faults):
    """Return the section of sandbox.toml that plays these mishaps."""
    return "\n".join(
        f'[[faults.{kind}]]\npath = "{path}"\n{options}'
        for kind, path, options in faults
    )


@pytest.mark.parametrize(
    "faults",
    [
        [
            ("rate_limit", TICKETS, 'count = 2\nretry_after = "0"'),
            ("rate_limit", EVENTS, "after = 1\nhtml = true"),
            ("rate_limit", GROUPS, 'policy = "account"'),
        ],
        [
            ("server_error", TICKETS, "after = 1\ncount = 4"),
            ("server_error", EVENTS, "count = 3\nstatus = 500"),
            ("bad_gateway_page", GROUPS, "after = 1"),
        ],
        [
            ("truncated_body", TICKETS, "after = 1\ncount = 2"),
            ("cut_connection", EVENTS, "after = 1"),
            ("slow_page", GROUPS, "seconds = 0.1"),
            ("error_with_ok", GROUPS, "after = 1"),
        ],
        [
            ("duplicate_rows", TICKETS, "count = 0\nrows = 3"),
            ("duplicate_rows", EVENTS, "after = 1\ncount = 0\nfrom_previous = true"),
            ("duplicate_rows", GROUPS, "count = 0\nrows = 2"),
        ],
        [
            ("missing_rows", TICKETS, "rows = 2"),
            ("missing_rows", EVENTS, "after = 1"),
            ("missing_rows", GROUPS, ""),
        ],
        [
            ("missing_rows", TICKETS, "after = 2\ncount = 0\nrows = 3"),
            ("missing_rows", "/users/cursor", "count = 0\nrows = 0"),
        ],
        [
            ("expired_cursor", "/incremental/", "after = 1"),
            ("server_error", TICKETS, "count = 5\nstatus = 504"),
        ],
    ],
    ids=[
        "429 with Retry-After 0, in HTML, in plain text",
        "5xx bursts and a proxy's page",
        "truncated, cut, slow, an error with status 200",
        "rows twice",
        "rows missing once",
        "rows missing for ever",
        "expired cursor, and 504 until the page is smaller",
    ],
)
def test_every_record_arrives_once_in_spite_of_mishaps(account, faults):
    """Else one bad minute of Zendesk costs a month's numbers."""
    account.faults = played(*faults)
    load = account.load()
    assert is_whole(account)
    assert all(table.is_balanced for table in load.tables)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (("server_error", EVENTS, "count = 0"), "after every retry: 503"),
        (("truncated_body", TICKETS, "count = 0"), "not JSON"),
        (("missing_rows", EVENTS, "count = 0"), "ticket_events left out 1 records"),
        (("missing_rows", GROUPS, "count = 0"), "groups left out"),
        (("expired_cursor", TICKETS, "count = 0"), "after starting again 2 times"),
        (("revoked_token", "", "after = 3"), "Set SOURCES__ZENDESK__ACCESS_TOKEN"),
    ],
)
def test_what_cannot_be_read_is_one_message_and_the_next_load_works(
    account, fault, message
):
    """Else half an account looks like a whole one."""
    account.faults = played(fault)
    with pytest.raises(LoadError, match=message) as failed:
        account.load()
    assert str(failed.value).startswith("zendesk: ")
    assert "\n" not in str(failed.value)
    assert TOKEN not in str(failed.value)
    account.faults = ""
    account.load()
    assert is_whole(account)


def test_a_failed_load_does_not_move_the_cursors(account):
    """Else what changed before a failed run is never asked for again."""
    account.load()
    account.write("tickets", [ticket(3, NEW, status="solved")])
    account.write(
        "ticket_events", [event(7, 3, NEW, changed("status", "new", "solved"))]
    )
    account.faults = played(("server_error", GROUPS, "count = 0"))
    with pytest.raises(LoadError, match="groups"):
        account.load()
    # And a cursor that expires is no full reading: an hour before the newest ticket.
    account.faults = played(("expired_cursor", TICKETS, ""))
    account.load()
    assert account.asked(TICKETS) == 2
    assert account.rows("select status from tickets where id = '3'") == [("solved",)]
    assert account.rows(
        "select count(*) from ticket_child_events where value = 'solved'"
    ) == [(1,)]


def test_a_plan_without_a_resource_leaves_the_others_loading(account):
    """Else a plan without SLA policies has no tickets either."""
    account.faults = played(("missing_scope", "/slas", ""))
    with pytest.raises(LoadError, match="SOURCES__ZENDESK__SKIP") as failed:
        account.load()
    message = str(failed.value)
    assert message.startswith("zendesk: sla_policies was not loaded: ")
    assert "Forbidden: You do not have access" in message
    assert is_whole(account)


def test_whom_tickets_name_and_the_export_lacks_is_asked_for(account):
    """Else a ticket's requester is nobody because one page lost a row."""
    account.load()
    account.write(
        "users",
        [user(AGENT, "agent"), user(COLLEAGUE, "agent", updated_at=NEW)],
    )
    account.write("tickets", [ticket(3, NEW, assignee_id=COLLEAGUE)])
    lost = ("missing_rows", "users/cursor", "rows = 0\ncount = 0")
    account.faults = played(lost)
    account.load()
    assert account.rows(f"select role from users where id = '{COLLEAGUE}'") == [
        ("agent",)
    ]


def test_an_oauth_client_fetches_its_token_and_renews_it(account, monkeypatch):
    """Else a run of more than thirty minutes fails, or a person renews tokens."""
    monkeypatch.delenv("SOURCES__ZENDESK__ACCESS_TOKEN")
    monkeypatch.setenv("SOURCES__ZENDESK__CLIENT_ID", "warehouse")
    monkeypatch.setenv("SOURCES__ZENDESK__CLIENT_SECRET", TOKEN)
    # The token is taken back in the middle of the run, once.
    account.faults = played(("revoked_token", "", "after = 3\ncount = 1"))
    account.load()
    assert is_whole(account)
    assert account.asked("/oauth/tokens") == 2
    monkeypatch.setenv("SOURCES__ZENDESK__CLIENT_SECRET", "wrong-secret-1")
    with pytest.raises(LoadError, match="invalid_client") as failed:
        account.load()
    assert "SOURCES__ZENDESK__CLIENT_SECRET" in str(failed.value)
    assert "wrong-secret-1" not in str(failed.value)


def test_the_newest_refresh_token_is_kept_for_its_owner_only(account, monkeypatch):
    """Else the second run is locked out: Zendesk forgets a token that was used."""
    monkeypatch.delenv("SOURCES__ZENDESK__ACCESS_TOKEN")
    monkeypatch.setenv("SOURCES__ZENDESK__CLIENT_ID", "warehouse")
    monkeypatch.setenv("SOURCES__ZENDESK__CLIENT_SECRET", TOKEN)
    monkeypatch.setenv("SOURCES__ZENDESK__REFRESH_TOKEN", TOKEN)
    account.load()
    kept = account.settings.warehouse_dir / "credentials" / "zendesk.json"
    first = json.loads(kept.read_bytes())["refresh_token"]
    assert kept.stat().st_mode & 0o777 == 0o600
    # The same sandbox, which refuses the first one now.
    account.server.paths.clear()
    from ingestion.load import load_vendor

    load_vendor("zendesk", account.settings)
    second = json.loads(kept.read_bytes())["refresh_token"]
    assert len({TOKEN, first, second}) == 3
    kept.unlink()
    with pytest.raises(LoadError, match="SOURCES__ZENDESK__REFRESH_TOKEN"):
        load_vendor("zendesk", account.settings)
    names = account.settings.warehouse_dir.rglob("*")
    written = [path for path in names if path.is_file()]
    assert not [path for path in written if second.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "SUBDOMAIN='' names no account"),
        ({"subdomain": "acme.evil.example/"}, "names no account"),
        ({"subdomain": "acme"}, "no credentials are set"),
        ({"subdomain": "acme", "email": "a@b.example"}, "CLIENT_ID"),
    ],
)
def test_what_is_not_set_is_said_before_anything_is_requested(given, message, tmp_path):
    """Else a missing variable is an error of HTTP after a minute."""
    settings = Settings(warehouse_dir=tmp_path, sources="live")
    with pytest.raises(ApiError, match=message) as refused:
        list(zendesk.source.__wrapped__(settings, **given))
    assert str(refused.value).startswith("zendesk: ")


def test_an_api_token_is_basic_and_the_subdomain_gives_the_address(tmp_path):
    """Else the older kind of credentials does not work, or a wrong host gets it."""
    from requests import Request

    from ingestion.sources._zendesk_auth import auth_for

    given = {"email": "a@b.example", "api_token": "t"}
    auth, remedy = auth_for("https://acme.zendesk.com", tmp_path, given)
    prepared = auth(Request("GET", "https://acme.zendesk.com").prepare())
    assert prepared.headers["Authorization"] == "Basic YUBiLmV4YW1wbGUvdG9rZW46dA=="
    assert "2027-04-30" in remedy
    assert zendesk._address("", "acme") == "https://acme.zendesk.com"
    assert (
        zendesk._address("", "https://acme.zendesk.com") == "https://acme.zendesk.com"
    )


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (200, {}, None),
        (200, {"zendesk-ratelimit-incremental-exports": BUCKET.format(3)}, None),
        (200, {"Zendesk-RateLimit-Incremental-Exports": BUCKET.format(0)}, 41),
        (
            200,
            {
                "ratelimit-limit": "700",
                "ratelimit-remaining": "30",
                "ratelimit-reset": "12",
            },
            12,
        ),
        # dlt's session waits for a stated time; 0 would be asked again at once.
        (429, {"Retry-After": "9"}, None),
        (429, {"Retry-After": "0"}, 1),
        (429, {}, 1),
    ],
)
def test_the_account_s_limits_are_kept_by_its_headers(
    monkeypatch, status, headers, seconds
):
    """Else each load is refused after ten exports, and other apps with it."""
    from requests import Response
    from requests.structures import CaseInsensitiveDict

    waits = []
    monkeypatch.setattr(_zendesk_api.time, "sleep", waits.append)
    response = Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    _zendesk_api.Pace()(response)
    assert waits == ([] if seconds is None else [seconds])
