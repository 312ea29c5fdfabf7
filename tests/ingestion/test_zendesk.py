"""A Zendesk account in the warehouse: first load, changes, deletions, merges."""

import pytest

from ingestion.sources import _zendesk_exports

from .zendesk_account import (
    AGENT,
    COLLEAGUE,
    CUSTOMER,
    LONG_AGO,
    NEW,
    changed,
    comment,
    created,
    event,
    open_account,
    ticket,
    user,
)

HISTORY = (
    "select ticket_id, field_name, previous_value, value, author_id, "
    "created_at::varchar from ticket_child_events where field_name <> '' "
    "order by created_at, id, field_name"
)


@pytest.fixture
def account(tmp_path, server, monkeypatch):
    """Return an account that a test writes."""
    return open_account(tmp_path, server, monkeypatch)


def loaded(load):
    """Return how many rows arrived, by table, where any did."""
    return {table.table: table.loaded for table in load.tables if table.loaded}


def test_values_arrive_under_their_path(account):
    """Else a nested value is lost, or an id becomes a number that SQL rounds."""
    metrics = {
        "reopens": 2,
        "solved_at": None,
        "reply_time_in_minutes": {"calendar": 44, "business": 12},
        "on_hold_time_in_minutes": {"calendar": None, "business": None},
    }
    account.write(
        "tickets",
        [
            ticket(
                35436,
                subject="Käse & پنیر",
                tags=["vip", "tea"],
                via={"channel": "web", "source": {"rel": "merge"}},
                satisfaction_rating={"score": "good", "id": 62},
                custom_status_id=11000003,
                status="hold",
                metric_set=metrics,
            )
        ],
    )
    account.write(
        "ticket_metric_events",
        [
            {
                "id": 1,
                "ticket_id": 35436,
                "metric": "reply_time",
                "instance_id": 1,
                "type": "apply_sla",
                "time": LONG_AGO,
                "deleted": False,
                "sla": {
                    "target": 60,
                    "business_hours": True,
                    "policy": {"id": 25, "title": "Gold"},
                },
            }
        ],
    )
    account.load()
    assert account.rows(
        "select id, subject, tags::varchar, via_channel, via_source_rel, "
        "satisfaction_rating_score, custom_status_id, status, metric_set_reopens, "
        "metric_set_reply_time_in_minutes_business, "
        "metric_set_on_hold_time_in_minutes_calendar, created_at::varchar from tickets"
    ) == [
        (
            *("35436", "Käse & پنیر", '["vip","tea"]', "web", "merge", "good"),
            *("11000003", "hold", 2, 12, None, "2026-03-01 10:00:00+00"),
        )
    ]
    assert account.rows(
        "select sla_target, sla_business_hours, sla_policy_id, sla_policy_title "
        "from ticket_metric_events"
    ) == [(60, True, "25", "Gold")]


def test_the_history_has_the_creation_and_every_change(account):
    """Else "open at any time" cannot be said, or a reopened ticket counts once."""
    account.write("tickets", [ticket(1, NEW)])
    account.write(
        "ticket_events",
        [
            event(10, 1, LONG_AGO, *created(status="new", tags=["tea"]), comment(501)),
            event(
                11,
                1,
                "2026-03-02T10:00:00Z",
                changed("status", "new", "solved"),
                {
                    "event_type": "Change",
                    "custom_ticket_fields": {"360": "b"},
                    "previous_value": "a",
                },
            ),
        ],
    )
    account.load()
    account.write(
        "ticket_events",
        [
            event(10, 1, LONG_AGO, *created(status="new", tags=["tea"]), comment(501)),
            event(12, 1, NEW, changed("status", "solved", "open"), updater_id=CUSTOMER),
            event(13, 1, NEW, changed("assignee_id", AGENT, COLLEAGUE)),
        ],
    )
    load = account.load()
    assert loaded(load)["ticket_child_events"] == 2
    assert account.rows(HISTORY) == [
        ("1", "status", None, "new", "401", "2026-03-01 10:00:00+00"),
        ("1", "tags", None, '["tea"]', "401", "2026-03-01 10:00:00+00"),
        ("1", "status", "new", "solved", "401", "2026-03-02 10:00:00+00"),
        ("1", "360", "a", "b", "401", "2026-03-02 10:00:00+00"),
        ("1", "status", "solved", "open", "501", "2026-11-18 12:00:00+00"),
        ("1", "assignee_id", "401", "402", "401", "2026-11-18 12:00:00+00"),
    ]
    assert account.rows(
        "select author_id, public from ticket_child_events where field_name = ''"
    ) == [("501", True)]
    words = account.settings.warehouse_dir.rglob("*.duckdb")
    assert not [path for path in words if b"secret words" in path.read_bytes()]


def test_a_load_without_changes_is_cheap_and_brings_nothing(account):
    """Else an hourly schedule uses up the ten exports that a minute has."""
    account.write_tickets(30)
    account.write("groups", [{"id": 31, "name": "Tea", "deleted": False}])
    account.load()
    load = account.load()
    assert load.loaded == 0
    assert account.asked("/incremental/") == 5
    assert len(account.server.paths) <= 20
    account.write_tickets(31)
    load = account.load()
    assert loaded(load) == {"tickets": 1, "ticket_events": 1, "ticket_child_events": 1}


def test_a_deleted_ticket_is_scrubbed_and_a_restored_one_comes_back(account):
    """Else deleted tickets stay in the backlog, or restored ones stay out of it."""
    account.write("tickets", [ticket(1), ticket(2), ticket(3)])
    account.load()
    account.write(
        "tickets",
        [
            ticket(1, NEW, status="deleted"),
            ticket(2, NEW, status="deleted", subject="SCRUBBED", requester_id=999),
            # Zendesk re-points merged users without touching updated_at.
            ticket(3, NEW, requester_id=502, updated_at=LONG_AGO),
        ],
    )
    account.write(
        "deleted_tickets",
        [
            {
                "id": 1,
                "subject": "Ticket 1",
                "actor": {"id": AGENT, "name": "Agent"},
                "deleted_at": NEW,
                "previous_state": "open",
            }
        ],
    )
    account.load()
    query = "select id, status, subject from tickets order by id"
    assert account.rows(query) == [
        ("1", "deleted", "Ticket 1"),
        ("2", "deleted", "SCRUBBED"),
        ("3", "open", "Ticket 3"),
    ]
    assert account.rows("select id, actor_id, previous_state from deleted_tickets") == [
        ("1", "401", "open")
    ]
    assert account.rows("select requester_id from tickets where id = '3'") == [("502",)]
    account.write("tickets", [ticket(1, "2026-11-18T13:00:00Z")])
    account.load()
    assert account.rows(query)[0] == ("1", "open", "Ticket 1")


def test_the_past_of_an_imported_ticket_is_read_from_its_audits(account):
    """Else tickets that another helpdesk brought have no creation and no history."""
    account.write_tickets(1, NEW)
    account.load()
    account.write(
        "tickets",
        [
            ticket(1, NEW),
            ticket(9, "2026-11-18T13:00:00Z", created_at="2023-03-06T08:00:00Z"),
            ticket(8, "2026-11-18T13:00:01Z", status="deleted", created_at=LONG_AGO),
        ],
    )
    account.write(
        "ticket_events",
        [
            event(5, 9, "2023-03-06T08:00:00Z", *created(status="new"), comment(501)),
            event(6, 9, "2023-03-06T09:00:00Z", changed("status", "new", "solved")),
            event(1_000, 1, NEW, *created(status="new")),
        ],
    )
    load = account.load()
    assert loaded(load)["ticket_audits"] == 2
    assert account.rows(f"select * from ({HISTORY}) where ticket_id = '9'") == [
        ("9", "status", None, "new", "401", "2023-03-06 08:00:00+00"),
        ("9", "status", "new", "solved", "401", "2023-03-06 09:00:00+00"),
    ]
    assert account.asked("/audits") > 0
    # Known from now on: its next change needs no audits.
    account.write("tickets", [ticket(9, "2026-11-18T14:00:00Z", created_at=LONG_AGO)])
    account.load()
    assert account.asked("/audits") == 0


def test_what_changes_in_place_days_later_arrives(account):
    """Else a withdrawn breach counts for ever, or a rating as offered, good and bad."""
    breach = {
        "id": 7,
        "ticket_id": 1,
        "metric": "reply_time",
        "instance_id": 1,
        "type": "breach",
        "time": "2026-11-14T10:00:00Z",
        "deleted": False,
    }
    later = {**breach, "id": 8, "type": "fulfill", "time": NEW}
    rating = {
        "id": 62,
        "ticket_id": 1,
        "score": "offered",
        "created_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-01T10:00:00Z",
    }
    account.write("ticket_metric_events", [breach, later])
    account.write("satisfaction_ratings", [rating])
    account.load()
    account.write("ticket_metric_events", [{**breach, "deleted": True}, later])
    account.write(
        "satisfaction_ratings", [{**rating, "score": "bad", "updated_at": NEW}]
    )
    load = account.load()
    assert loaded(load) == {"ticket_metric_events": 1, "satisfaction_ratings": 1}
    assert account.rows("select id, deleted from ticket_metric_events order by id") == [
        ("7", True),
        ("8", False),
    ]
    assert account.rows("select id, score from satisfaction_ratings") == [("62", "bad")]


def test_what_is_erased_without_a_trace_is_found_by_reading_all(account, monkeypatch):
    """Else a deleted organization or a purged user is a customer for ever."""
    organization = {"name": "Nordlicht", "updated_at": LONG_AGO}
    account.write("organizations", [{"id": n, **organization} for n in (71, 72)])
    account.write_tickets(2)
    account.write("group_memberships", [{"id": 3, "user_id": AGENT, "group_id": 31}])
    account.load()
    account.write("organizations", [{"id": 72, **organization}])
    account.write("users", [user(AGENT, "agent")])
    account.write_tickets(1)
    account.write("group_memberships", [])
    account.load()
    query = "select table_name, record_id from vanished_records order by 1, 2"
    # Lists that are read whole tell at once, exports only when read again.
    assert account.rows(query) == [("group_memberships", "3")]
    monkeypatch.setenv("SOURCES__ZENDESK__READ_ALL", "true")
    account.load()
    assert account.rows(query) == [
        ("group_memberships", "3"),
        ("organizations", "71"),
        ("tickets", "2"),
        ("users", str(CUSTOMER)),
    ]


def test_rows_of_the_boundary_second_are_counted_once(account, monkeypatch):
    """Else each page of a time-based export doubles its last row."""
    monkeypatch.setattr(_zendesk_exports, "PAGE", 2)
    account.write_tickets(5)
    tables = {t.table: t for t in account.load().tables}
    events = tables["ticket_events"]
    assert (events.received, events.loaded, events.duplicates) == (8, 5, 3)
    assert tables["tickets"].loaded == 5


def test_a_second_with_more_rows_than_a_page_is_read_in_another_way(
    account, monkeypatch
):
    """Else a bulk edit stops the load for ever, or is loaded in part."""
    monkeypatch.setattr(_zendesk_exports, "PAGE", 2)
    measured = {"metric": "reply_time", "type": "activate"}
    instants = [*[LONG_AGO] * 5, NEW]
    numbered = list(enumerate(instants, 1))
    account.write("tickets", [ticket(n, at) for n, at in numbered])
    account.write(
        "ticket_events", [event(n, n, at, comment(501)) for n, at in numbered]
    )
    account.write(
        "ticket_metric_events",
        [{"id": n, "ticket_id": n, "time": at, **measured} for n, at in numbered],
    )
    account.write(
        "organizations",
        [{"id": n, "name": f"O{n}", "updated_at": at} for n, at in numbered],
    )
    load = account.load()
    for table in ("ticket_child_events", "ticket_metric_events", "organizations"):
        assert account.rows(f"select count(distinct id), count(*) from {table}") == [
            (6, 6)
        ]
    # Two of five were in the export; the audits have the others.
    assert loaded(load)["ticket_events"] == 3
    assert loaded(load)["ticket_audits"] == 3
    assert account.load().loaded == 0


def test_the_last_minute_is_left_to_the_next_load(account):
    """Else a ticket that changes while we read is read half, or never."""
    account.write("tickets", [ticket(1), ticket(2, "2026-11-18T19:59:30Z")])
    account.load()
    assert account.rows("select id from tickets") == [("1",)]
    account.as_of = "2026-11-18T20:05:00Z"
    account.load()
    assert account.rows("select id from tickets order by id") == [("1",), ("2",)]
