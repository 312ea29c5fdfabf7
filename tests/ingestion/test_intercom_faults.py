"""A misbehaving Intercom ends in loaded or in one clear message; never silently short."""

from collections.abc import Iterator

import httpx
import pytest

from ingestion.load import LoadError
from ingestion.rest import ApiError
from ingestion.sources import _intercom_api

from .conftest import TOKEN
from .intercom_workspace import (
    LONG_AGO,
    NEW,
    Workspace,
    admin,
    company,
    contact,
    conversation,
    part,
)


@pytest.fixture
def workspace(tmp_path, server, monkeypatch) -> Workspace:
    """Return a workspace of two pages of contacts and three of companies."""
    monkeypatch.setenv("SOURCES__INTERCOM__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__INTERCOM__ACCESS_TOKEN", TOKEN)
    found = Workspace(tmp_path, server)
    monkeypatch.setattr(_intercom_api, "wait", found.wait)
    found.write("conversations", conversations("open", LONG_AGO))
    found.write("contacts", [contact(f"c{n}") for n in range(160)])
    found.write("companies", [company(n) for n in range(230)])
    found.write("admins", [admin(7), admin(8)])
    return found


def conversations(state: str, updated: int) -> list[dict]:
    """Return ten conversations of one part each."""
    return [
        conversation(n, part(n, "comment", updated), state=state, updated=updated)
        for n in range(1, 11)
    ]


def read(workspace: Workspace) -> Iterator[str]:
    """Read what has more than one page, and yield the ids."""
    api = _intercom_api.Workspace(TOKEN, workspace.server.url, "2.16")
    for page in api.listed("contacts", "data"):
        for record in page:
            yield record["id"]
    for record in api.companies():
        yield record["id"]
    for record in api.fetch("admins", needs="admins")["admins"]:
        yield record["id"]


ALL = {
    *(f"c{n}" for n in range(160)),
    *(f"k{n}" for n in range(230)),
    "7",
    "8",
}


@pytest.mark.parametrize(
    "fault",
    [
        'rate_limit = { path = "/contacts", count = 2, retry_after = "0" }',
        'rate_limit = { path = "/contacts", count = 3, html = true }',
        'rate_limit = { path = "/companies/scroll", after = 1, count = 3 }',
        'server_error = { path = "/contacts", after = 1, count = 3, status = 503 }',
        'server_error = { path = "/companies/scroll", after = 1, status = 500 }',
        'bad_gateway_page = { path = "/contacts", after = 1 }',
        'truncated_body = { path = "/contacts", after = 1, count = 2 }',
        'truncated_body = { path = "/companies/scroll", after = 1 }',
        'cut_connection = { path = "/companies/scroll", after = 2 }',
        'cut_connection = { path = "/contacts" }',
        'error_with_ok = { path = "/admins", count = 2 }',
        'duplicate_rows = { path = "/contacts", after = 1, from_previous = true }',
        'duplicate_rows = { path = "/companies/scroll", count = 0, rows = 2 }',
        'missing_rows = { path = "/companies/scroll", rows = 1 }',
        'slow_page = { path = "/contacts", seconds = 0.02 }',
    ],
    ids=[
        "429 with Retry-After",
        "429 in HTML",
        "429 in a scroll",
        "5xx burst",
        "500 in a scroll, which must start again",
        "502 page",
        "truncated JSON",
        "a scroll whose answer is lost moves on all the same",
        "connection cut in a scroll",
        "connection cut",
        "error body with status 200",
        "rows of the page before again",
        "rows twice in a scroll",
        "a row missing in a scroll, which is read again",
        "slow page",
    ],
)
def test_every_record_arrives_in_spite_of_mishaps(workspace, fault):
    """Else one bad minute of the vendor costs a month's numbers."""
    workspace.faults = fault
    workspace.serve()
    assert set(read(workspace)) == ALL


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            'server_error = { path = "/contacts", count = 0 }',
            r"GET contacts .*after every retry: 503 server_error",
        ),
        (
            'error_with_ok = { path = "/admins", count = 0 }',
            r"GET admins .*200 without `admins`",
        ),
        ('truncated_body = { path = "/admins", count = 0 }', r"admins .*not JSON"),
        (
            'cut_connection = { path = "/contacts", count = 0 }',
            r"contacts .*cannot be reached",
        ),
        (
            'expired_cursor = { path = "/contacts" }',
            r"contacts answered 400 .*cursor of a list ran out.*load again",
        ),
        (
            'missing_rows = { path = "/contacts", rows = 2 }',
            r"contacts left out records: it has 160, 158 arrived.*load again later",
        ),
        (
            'missing_rows = { path = "/companies/scroll", count = 0 }',
            r"companies/scroll left out records: it has 230, ",
        ),
        (
            'server_error = { path = "/companies/scroll", count = 0 }',
            r"companies/scroll .*failed after every retry",
        ),
        (
            'revoked_token = { path = "/companies/scroll", after = 1 }',
            r"refused the token.*SOURCES__INTERCOM__ACCESS_TOKEN",
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_message(workspace, fault, message):
    """Else half a workspace looks like a whole one."""
    workspace.faults = fault
    workspace.serve()
    with pytest.raises(ApiError, match=message) as failed:
        set(read(workspace))
    assert str(failed.value).startswith("intercom: ")
    assert TOKEN not in str(failed.value)
    assert "\n" not in str(failed.value)


def test_an_enforced_limit_only_slows_a_load(workspace):
    """Intercom says when to go on only in X-RateLimit-Reset, without Retry-After."""
    workspace.limits += "\nenforced = true\nper_ten_seconds = 9"
    workspace.serve()
    for _ in range(3):
        assert set(read(workspace)) == ALL
    assert workspace.waits
    assert all(0 < seconds <= 12 for seconds in workspace.waits)


def test_another_apps_open_scroll_is_waited_for(workspace):
    """Only one scroll may be open in a workspace; it closes itself when left alone."""
    workspace.serve()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{workspace.server.url}/companies/scroll"
    assert httpx.get(url, headers=headers).status_code == 200
    assert set(read(workspace)) == ALL
    assert workspace.waits == [61]


def counts(workspace: Workspace) -> tuple:
    """Return how many rows and ids there are, and how many conversations are closed."""
    ((found,),) = workspace.rows(
        "select ((select count(*) filter (state = 'closed') from conversations), "
        + ", ".join(
            f"(select count(*) from {table}), (select count(distinct id) from {table})"
            for table in (
                "conversations",
                "conversation_parts",
                "contacts",
                "companies",
            )
        )
        + ")"
    )
    return tuple(found.values()) if isinstance(found, dict) else found


WHOLE = (0, 10, 10, 10, 10, 160, 160, 230, 230)
ALL_CLOSED = (10, *WHOLE[1:])


def test_a_storm_of_mishaps_ends_in_exactly_the_right_rows(workspace):
    """Alone each is survived; vendors have bad days, not single bad answers."""
    workspace.faults = """
    rate_limit = [{ path = "/me" }, { path = "/conversations/3", count = 3 }]
    server_error = [{ path = "/contacts", count = 2 }, { path = "/conversations" }]
    truncated_body = { path = "/conversations/5" }
    cut_connection = { path = "/teams" }
    duplicate_rows = { path = "/contacts", after = 3, from_previous = true, rows = 4 }
    """
    load = workspace.load()
    assert counts(workspace) == WHOLE
    assert all(table.is_balanced for table in load.tables)
    contacts = next(table for table in load.tables if table.table == "contacts")
    assert (contacts.received, contacts.duplicates) == (164, 4)


def test_failed_loads_store_nothing_and_the_next_one_completes(workspace):
    """Else what changed before a failed run is never asked for again."""
    workspace.load()
    workspace.write("conversations", conversations("closed", NEW))
    for fault, message in (
        (
            'revoked_token = { path = "/contacts" }',
            r"refused the token \(401 unauthorized.*SOURCES__INTERCOM__ACCESS_TOKEN",
        ),
        (
            'missing_rows = { path = "/conversations/4" }',
            r"conversation 4 came without 1 of its 1 parts.*load again later",
        ),
        (
            'missing_rows = { path = "/conversations/search", rows = 5 }',
            r"conversations/search left out records: it has 10, 5 arrived",
        ),
        # A list without a total may be short: the one who is missing is asked for.
        (
            'missing_rows = { path = "/admins" }',
            r"admins left out records: it has 2, 1 arrived",
        ),
    ):
        workspace.faults = fault
        with pytest.raises(LoadError, match=message):
            workspace.load()
    assert counts(workspace) == WHOLE
    workspace.faults = 'server_error = { path = "/conversations/search", count = 2 }'
    workspace.load()
    assert counts(workspace) == ALL_CLOSED
    assert workspace.rows("select count(*) from vanished_records") == [(0,)]


def test_a_missing_permission_leaves_the_other_tables_loading_and_is_reported(
    workspace,
):
    """Intercom answers it with 401 too: one scope less must not look like no token."""
    workspace.faults = (
        'missing_scope = { path = "/companies", scope = "read_companies" }'
    )
    with pytest.raises(LoadError) as failed:
        workspace.load()
    message = str(failed.value)
    assert message.startswith("intercom: companies was not loaded: ")
    assert "read_companies" in message
    assert "SOURCES__INTERCOM__SKIP" in message
    assert workspace.rows("select count(*) from conversations") == [(10,)]
    workspace.faults = ""
    workspace.load()
    assert counts(workspace) == WHOLE
