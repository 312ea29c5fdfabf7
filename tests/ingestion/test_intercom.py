"""An Intercom workspace in the warehouse: first load, changes, deletions, merges."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ingestion.load import LoadError
from ingestion.sources import _intercom_api
from ingestion.sources.intercom import CONTACTS_OVERLAP

from .conftest import TOKEN
from .intercom_workspace import (
    LONG_AGO,
    NEW,
    Workspace,
    admin,
    at,
    company,
    contact,
    conversation,
    part,
    results,
)


@pytest.fixture
def workspace(tmp_path, server, monkeypatch) -> Workspace:
    """Return an empty workspace whose API the environment names."""
    monkeypatch.setenv("SOURCES__INTERCOM__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__INTERCOM__ACCESS_TOKEN", TOKEN)
    return Workspace(tmp_path, server)


def test_an_empty_workspace_makes_every_table(workspace):
    """Else dbt fails on a workspace that has no companies yet."""
    workspace.load()
    names = {
        name for (name,) in workspace.rows("select table_name from duckdb_tables()")
    }
    assert {
        "workspaces",
        "conversations",
        "conversation_parts",
        "deleted_conversations",
        "contacts",
        "companies",
        "admins",
        "teams",
        "tags",
        "office_hours_schedules",
        "office_hours_exceptions",
        "vanished_records",
        "quarantine",
        "load_reconciliation",
    } <= names
    assert workspace.rows("select count(*) from conversations") == [(0,)]


def test_values_arrive_as_intercom_says_them(workspace):
    """Else seconds become milliseconds, nobody becomes agent 0, or a tag is lost."""
    workspace.write(
        "conversations",
        [
            conversation(
                1,
                part(11, "close", NEW, state="closed", body="My card number is 4111"),
                updated=NEW,
                state="closed",
                open=False,
                admin_assignee_id=7,
                team_assignee_id=0,
                company={"type": "company", "id": "k1"},
                tags={
                    "tags": [{"id": "4", "name": "فوری"}, {"id": "5", "name": 'a"b'}]
                },
                conversation_rating={
                    "rating": 4,
                    "remark": "ok",
                    "created_at": NEW,
                    "updated_at": NEW,
                    "teammate": {"type": "admin", "id": "7"},
                },
                sla_applied={"sla_name": "4 h", "sla_status": "hit"},
                statistics={"type": "conversation_statistics", "count_reopens": 2},
            )
        ],
    )
    workspace.write("companies", [{**company(1), "monthly_spend": 1200.5}])
    workspace.load()
    # Not the texts: nothing reads them from here.
    assert b"My card number" not in workspace.settings.warehouse_path.read_bytes()
    assert workspace.rows(
        "select id, created_at::varchar, admin_assignee_id, team_assignee_id, "
        "company_id, contact_id, tag_names, conversation_rating_rating, "
        "conversation_rating_teammate_id, sla_applied_sla_name, "
        "statistics_count_reopens, source_author_id from conversations"
    ) == [
        (
            "1",
            "2026-03-01 10:00:00+00",
            "7",
            None,
            "k1",
            "c1",
            '["فوری","a\\"b"]',
            4,
            "7",
            "4 h",
            2,
            "c1",
        )
    ]
    assert workspace.rows(
        "select conversation_id, id, part_type, has_body, author_type, author_id, "
        "state, created_at::varchar from conversation_parts"
    ) == [("1", "11", "close", True, "admin", "7", "closed", "2026-11-18 12:00:00+00")]
    assert workspace.rows("select monthly_spend from companies") == [
        (Decimal("1200.5"),)
    ]


def test_every_page_of_a_list_is_read(workspace):
    """Else the 151st conversation does not exist."""
    workspace.write("conversations", [conversation(n) for n in range(1, 152)])
    workspace.write("contacts", [contact(f"c{n}") for n in range(310)])
    workspace.write("companies", [company(n) for n in range(230)])
    deleted = [{"id": str(9_000 + n), "deleted_at": NEW} for n in range(130)]
    workspace.write("deleted_conversations", deleted)
    workspace.load()
    for table, count in (
        ("conversations", 151),
        ("contacts", 310),
        ("companies", 230),
        ("deleted_conversations", 130),
    ):
        assert workspace.rows(f"select count(distinct id) from {table}") == [(count,)]


def test_parts_beyond_the_500_newest_stay_and_the_gap_is_reported(workspace):
    """Intercom gives 500 parts: a long conversation would lose its beginning."""
    parts = [part(n, "comment", LONG_AGO + n) for n in range(1, 491)]
    workspace.write("conversations", [conversation(1, *parts)])
    workspace.load()
    parts += [part(n, "comment", NEW + n) for n in range(491, 521)]
    workspace.write("conversations", [conversation(1, *parts, updated=NEW)])
    workspace.load()
    assert workspace.rows("select count(*), min(id::int) from conversation_parts") == [
        (520, 1)
    ]
    ((reason,),) = workspace.rows("select reason from quarantine")
    assert reason.startswith("conversation 1 has 520 parts, Intercom gives the newest")


def test_a_conversation_deleted_while_we_read_is_no_error(workspace, monkeypatch):
    """Else one deletion in the wrong second stops the load of all others."""
    fetch = _intercom_api.Workspace.fetch

    def gone(self, path, **more):
        return fetch(self, path.replace("conversations/2", "conversations/404"), **more)

    monkeypatch.setattr(_intercom_api.Workspace, "fetch", gone)
    workspace.write(
        "conversations", [conversation(n, part(n, "note", NEW)) for n in (1, 2, 3)]
    )
    workspace.load()
    assert workspace.rows(
        "select conversation_id from conversation_parts order by 1"
    ) == [
        ("1",),
        ("3",),
    ]


def test_another_workspace_is_refused(workspace):
    """Else two workspaces' ids mix, and nothing can tell them apart again."""
    workspace.write("workspaces", [{"id_code": "w1", "timezone": "UTC"}])
    workspace.load()
    workspace.write("workspaces", [{"id_code": "w2", "timezone": "UTC"}])
    workspace.write("conversations", [conversation(1)])
    with pytest.raises(LoadError, match=r"workspace w2.*workspace w1.*WAREHOUSE_DIR"):
        workspace.load()
    assert workspace.rows("select count(*) from conversations") == [(0,)]


def test_an_older_version_of_the_api_says_what_to_do(workspace, monkeypatch):
    """Office hours came with 2.16; an older default would be a riddle."""
    monkeypatch.setenv("SOURCES__INTERCOM__API_VERSION", "2.11")
    with pytest.raises(LoadError, match=r"SOURCES__INTERCOM__API_VERSION to 2.16"):
        workspace.load()
    monkeypatch.setenv(
        "SOURCES__INTERCOM__SKIP",
        "deleted_conversations,office_hours_schedules,office_hours_exceptions",
    )
    workspace.write("conversations", [conversation(1)])
    workspace.load()
    assert workspace.rows("select count(*) from conversations") == [(1,)]


def test_a_token_that_is_not_set_is_named(workspace, monkeypatch):
    """Else an empty secret looks like an outage."""
    monkeypatch.setenv("SOURCES__INTERCOM__ACCESS_TOKEN", " ")
    with pytest.raises(
        LoadError, match=r"token is empty.*SOURCES__INTERCOM__ACCESS_TOKEN"
    ):
        workspace.load()
    assert workspace.server.paths == []


def test_what_changed_is_loaded_once_and_then_nothing(workspace):
    """Else each run reads every conversation again, or misses a reopening."""
    some = [
        conversation(n, part(n * 10, "comment", LONG_AGO), updated=LONG_AGO - 3600 * n)
        for n in range(1, 6)
    ]
    workspace.write("conversations", some)
    other = contact("c2", LONG_AGO - 86_400 * 3)
    workspace.write("contacts", [contact("c1"), other])
    workspace.load()
    some[2] = conversation(
        3,
        part(30, "comment", LONG_AGO),
        part(31, "close", LONG_AGO + 60, state="closed"),
        part(32, "open", NEW, state="open"),
        part(33, "assignment", NEW, to="admin:8"),
        updated=NEW,
        admin_assignee_id=8,
    )
    workspace.write("conversations", some)
    workspace.write("contacts", [contact("c1", NEW, name="Lea Neu"), other])
    found = results(workspace.load())
    assert (found["conversations"].loaded, found["conversation_parts"].loaded) == (1, 4)
    assert found["contacts"].loaded == 1
    asked = [path for path in workspace.server.paths if "conversations/" in path]
    assert sorted(asked) == [
        "GET /conversations/3",
        "GET /conversations/deleted",
        "POST /conversations/search",
    ]
    assert workspace.load().loaded == 0
    assert len(workspace.server.paths) <= 12
    query = (
        "select id, part_type, assigned_to_id, (select admin_assignee_id from "
        "conversations where id = '3') from conversation_parts "
        "where conversation_id = '3' order by id"
    )
    in_steps = workspace.rows(query)
    assert in_steps == [
        ("30", "comment", None, "8"),
        ("31", "close", None, "8"),
        ("32", "open", None, "8"),
        ("33", "assignment", "8", "8"),
    ]
    # Else the result depends on how many runs it came in.
    workspace.load(read_all=True)
    assert workspace.rows(query) == in_steps


def test_what_was_deleted_merged_or_left_ends_in_the_right_rows(workspace):
    """Else deleted conversations stay open, merged customers count twice."""
    conversations = [conversation(n, part(n, "note", LONG_AGO)) for n in (1, 2, 3)]
    contacts = [contact("c1"), contact("c2"), contact("c3"), contact("l9", role="lead")]
    workspace.write("conversations", conversations)
    workspace.write("contacts", contacts)
    workspace.write("admins", [admin(7), admin(8)])
    workspace.write("teams", [{"type": "team", "id": "5", "name": "Orders"}])
    workspace.load()
    # 1 was deleted with a trace and 2 without one; l9 was merged into c1; c2 was deleted
    # and c3 archived; teammate 7 and the team are gone.
    merge = {"type": "merge_history", "source_contact_id": "l9", "merged_at": NEW}
    deletion = {"id": "1", "metrics_retained": True, "deleted_at": NEW}
    workspace.write("conversations", [conversations[2]])
    workspace.write("deleted_conversations", [deletion])
    archived = {**contact("c3"), "archived": True}
    workspace.write("contacts", [contact("c1", NEW, merge_history=[merge]), archived])
    workspace.write("admins", [admin(8)])
    workspace.write("teams", [])
    workspace.load()
    vanished = "select table_name, record_id from vanished_records order by all"
    assert workspace.rows(vanished) == [("admins", "7"), ("teams", "5")]
    assert workspace.rows(
        "select id, metrics_retained, deleted_at::varchar from deleted_conversations"
    ) == [("1", True, "2026-11-18 12:00:00+00")]
    assert workspace.rows(
        "select id, json_extract_string(merge_history, '$[0].source_contact_id') "
        "from contacts order by id"
    ) == [("c1", "l9"), ("c2", None), ("c3", None), ("l9", None)]
    # Hard deletes leave no trace but their absence from a list that was read whole.
    workspace.write("admins", [admin(7), admin(8)])
    load = workspace.load(read_all=True)
    assert workspace.rows(vanished) == [
        ("admins", "7"),
        ("contacts", "c2"),
        ("contacts", "c3"),
        ("contacts", "l9"),
        ("conversations", "1"),
        ("conversations", "2"),
        ("teams", "5"),
    ]
    assert workspace.rows("select count(*) from conversation_parts") == [(3,)]
    # One who came back is loaded again, which outdates his vanishing.
    assert results(load)["admins"].loaded == 2


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Pacific/Auckland", "2026-11-17T10:59:59"),
        ("America/Los_Angeles", "2026-11-18T08:00:01"),
        ("UTC", "2026-11-18T00:00:00"),
    ],
)
def test_a_contact_changed_on_the_cursors_own_day_is_found(workspace, zone, moment):
    """Contact search compares days, `>` from the next one on: today would be lost."""
    workspace.write("workspaces", [{"id_code": "w1", "timezone": zone}])
    workspace.write("contacts", [contact("c1", at(moment))])
    workspace.serve()
    api = _intercom_api.Workspace(TOKEN, workspace.server.url, "2.16")
    cursor = datetime.fromtimestamp(at(moment), UTC)
    for since, count in ((cursor, 0), (cursor - CONTACTS_OVERLAP, 1)):
        pages = list(api.changed_since("contacts/search", "data", since))
        assert [len(page) for page in pages] == [count]
