"""Zendesk's Python client, unmodified, reads the sandbox as it reads Zendesk."""

from urllib.parse import urlsplit

import pytest

from .conftest import sandbox_settings, write_data

# zenpy stops an export that ends in the last five minutes of the machine's clock.
OLD = 1_700_000_000


def _at(second):
    return f"2023-11-14T22:13:{20 + second}Z"


FILES = {
    "zendesk/tickets": [
        {
            "id": n,
            "subject": f"Ticket {n}",
            "status": "open",
            "generated_timestamp": OLD + n,
            "created_at": _at(n),
            "updated_at": _at(n),
            "requester_id": 500,
            "tags": ["tea"],
            "custom_fields": [{"id": 7, "value": None}],
            "via": {"channel": "web"},
        }
        for n in range(1, 26)
    ],
    "zendesk/ticket_events": [
        {
            "id": 100 + n,
            "ticket_id": n,
            "timestamp": OLD + n,
            "created_at": _at(n),
            "updater_id": 500,
            "via": "Mail",
            "event_type": "Audit",
            "child_events": [{"id": 900 + n, "event_type": "Create", "status": "new"}],
        }
        for n in range(1, 4)
    ],
    "zendesk/users": [
        {
            "id": 500 + n,
            "name": f"User {n}",
            "email": f"u{n}@tea.example",
            "role": "end-user",
            "active": True,
            "created_at": _at(n),
            "updated_at": _at(n),
        }
        for n in range(12)
    ],
    "zendesk/organizations": [
        {
            "id": 70 + n,
            "name": f"O{n}",
            "domain_names": [],
            "updated_at": _at(n),
            "created_at": _at(n),
        }
        for n in range(5)
    ],
    "zendesk/satisfaction_ratings": [
        {
            "id": 60 + n,
            "ticket_id": n,
            "score": "good",
            "created_at": _at(n),
            "updated_at": _at(n),
        }
        for n in range(7)
    ],
    "zendesk/groups": [
        {"id": 30, "name": "Tea", "deleted": False, "updated_at": _at(1)}
    ],
    "zendesk/sla_policies": [{"id": 25, "title": "Gold", "policy_metrics": []}],
    "zendesk/schedules": [
        {"id": 9, "name": "Berlin", "time_zone": "Berlin", "intervals": []}
    ],
}


@pytest.fixture(scope="module")
def zendesk(tmp_path_factory):
    """Return the client of a sandbox that serves the rows above."""
    from zenpy import Zenpy

    from ingestion.sandbox.process import running_sandbox

    folder = tmp_path_factory.mktemp("zenpy")
    data = write_data(folder / "data", FILES, "as_of = 2026-11-18T20:00:00Z")
    with (
        running_sandbox(sandbox_settings(folder, data)) as variables,
        pytest.MonkeyPatch.context() as environment,
    ):
        address = variables["SOURCES__ZENDESK__BASE_URL"]
        environment.setenv("ZENPY_FORCE_SCHEME", "http")
        environment.setenv("ZENPY_FORCE_NETLOC", urlsplit(address).netloc)
        yield Zenpy(subdomain="acme", oauth_token="sandbox-token")


def test_it_follows_the_exports_by_cursor_and_by_time(zendesk):
    """Else a reader built on the client sees one page, or never stops."""
    by_cursor = zendesk.tickets.incremental(
        start_time=OLD, paginate_by_time=False, per_page=10
    )
    assert [ticket.id for ticket in by_cursor] == [*range(1, 26)]
    by_time = zendesk.tickets.incremental(start_time=OLD, per_page=10)
    # The boundary second comes with both pages.
    assert sorted({ticket.id for ticket in by_time}) == [*range(1, 26)]
    users = zendesk.users.incremental(start_time=OLD, per_page=5)
    assert {user.email for user in users} == {f"u{n}@tea.example" for n in range(12)}
    organizations = zendesk.organizations.incremental(start_time=OLD, per_page=2)
    assert {each.name for each in organizations} == {f"O{n}" for n in range(5)}
    events = zendesk.tickets.events(start_time=OLD)
    assert [event.ticket_id for event in events] == [1, 2, 3]


def test_it_reads_lists_and_single_records(zendesk):
    """Else lists end after their first page, or a record is not what was asked for."""
    assert [rating.id for rating in zendesk.satisfaction_ratings()] == [*range(60, 67)]
    assert len(list(zendesk.tickets(cursor_pagination=10))) == 25
    assert len(list(zendesk.users())) == 12
    assert [group.name for group in zendesk.groups()] == ["Tea"]
    assert zendesk.tickets(id=3).subject == "Ticket 3"
    assert zendesk.tickets(id=3).requester.email == "u0@tea.example"
    assert [audit.id for audit in zendesk.tickets.audits(3)] == [103]
    assert [policy.title for policy in zendesk.sla_policies()] == ["Gold"]
    assert zendesk.users.me().name == "Admin"


def test_it_gets_the_error_that_zendesk_gives(zendesk):
    """Else a program that handles a missing record crashes on the sandbox."""
    from zenpy.lib.exception import RecordNotFoundException

    with pytest.raises(RecordNotFoundException):
        zendesk.tickets(id=999)
