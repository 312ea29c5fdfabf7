"""Intercom in the shape of a helpdesk: each conversation is there for one rule."""

import pytest

from tests.dbt.warehouses import Warehouse, only
from tests.ingestion.conftest import TOKEN, Server
from tests.ingestion.intercom_workspace import (
    Workspace,
    admin,
    at,
    company,
    contact,
    conversation,
    part,
)

START = at("2026-03-01T10:00:00")  # of every conversation
HOUR = 3600
CONVERSATIONS = [
    # Reopened by the customer after a close; a note and an answer; another agent.
    conversation(
        1,
        part(9, "assignment", START + 60, "bot:3", to="team:5", state="open"),
        part(10, "assignment", START + 120, to="admin:7", state="open"),
        part(11, "note_and_reopen", START + 180, body="<p>psst</p>", state="open"),
        part(12, "comment", START + 240, body="<p>Hi</p>", state="open"),
        part(13, "close", START + HOUR, body="<p>Done</p>", state="closed"),
        part(
            100, "comment", START + 2 * HOUR, "user:c1", body="<p>No</p>", state="open"
        ),
        part(101, "away_mode_assignment", START + 3 * HOUR, "bot:3", to="admin:8"),
        part(102, "close", START + 4 * HOUR, "admin:8", state="closed"),
        updated=START + 4 * HOUR,
        state="closed",
        open=False,
        priority="medium",
        admin_assignee_id=8,
        team_assignee_id=5,
        company={"type": "company", "id": "k1"},
        tags={"tags": [{"id": "1", "name": "vip"}, {"id": "2", "name": "فوری"}]},
        conversation_rating={
            "rating": 3,
            "remark": "slow",
            "created_at": START + 5 * HOUR,
            "updated_at": START + 6 * HOUR,
            "teammate": {"type": "admin", "id": "8"},
        },
        sla_applied={"sla_name": "4 h", "sla_status": "missed"},
        statistics={"first_admin_reply_at": START + 240},
    ),
    # Snoozed, its parts from a time when parts had no state; taken from its agent.
    conversation(
        2,
        part(20, "assignment", START + 10, to="admin:7"),
        part(21, "snoozed", START + 20),
        part(22, "timer_unsnooze", START + HOUR, "bot:3"),
        part(23, "assignment", START + 2 * HOUR, assigned_to={"type": "nobody_admin"}),
        part(24, "snoozed", START + 3 * HOUR),
        state="snoozed",
        open=False,
        conversation_rating={"rating": None, "created_at": START, "updated_at": START},
        sla_applied={"sla_name": "4 h", "sla_status": "active"},
    ),
    conversation(3),  # deleted between the loads, with a trace
    conversation(4),  # deleted without one
    conversation(
        5,
        part(50, "merged_secondary_conversation", START + 30, "bot:3"),
        part(51, "close", START + 30, state="closed"),
        state="closed",
        open=False,
        linked_objects={"data": [{"type": "conversation", "id": "1"}]},
    ),
]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory) -> Warehouse:
    """Load the workspace twice, the second time with deletions, and build staging."""
    folder = tmp_path_factory.mktemp("intercom")
    server = Server()
    workspace = Workspace(folder, server)
    workspace.write("conversations", CONVERSATIONS)
    workspace.write("contacts", [contact("c1"), contact("l9", role="lead")])
    workspace.write("companies", [company(1)])
    workspace.write("admins", [admin(7), admin(8)])
    workspace.write("teams", [{"type": "team", "id": "5", "name": "Orders"}])
    workspace.write(
        "office_hours_schedules",
        [
            {
                "id": "1",
                "name": "Office",
                "time_zone_name": "Asia/Tehran",
                "twenty_four_seven": False,
                # Monday 9 to 17, and from Friday 22:00 over two midnights to Sunday 1:00.
                "time_intervals": [
                    {"start_minute": 540, "end_minute": 1020},
                    {"start_minute": 7_080, "end_minute": 8_700},
                ],
            },
            {
                "id": "2",
                "name": "Always",
                "time_zone_name": "UTC",
                "twenty_four_seven": True,
                "time_intervals": [],
            },
        ],
    )
    workspace.write(
        "office_hours_exceptions",
        [
            {
                "id": str(number),
                "office_hours_schedule_id": "1",
                "name": name,
                "exception_date": day,
                "exception_type": kind,
                "recurring_annually": yearly,
            }
            for number, (name, day, kind, yearly) in enumerate(
                [
                    ("Nowruz", "2025-03-21", "closed", True),
                    ("Leap day", "2024-02-29", "closed", True),
                    ("Party", "2026-05-01", "custom_hours", False),
                ]
            )
        ],
    )
    merge = {"source_contact_id": "l9", "source_contact_role": "lead"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCES__INTERCOM__BASE_URL", server.url)
        patch.setenv("SOURCES__INTERCOM__ACCESS_TOKEN", TOKEN)
        patch.setenv("DLT_DATA_DIR", str(folder / "dlt"))
        workspace.load()
        workspace.write("conversations", [*CONVERSATIONS[:2], CONVERSATIONS[4]])
        deletion = {"id": "3", "metrics_retained": True, "deleted_at": START + HOUR}
        workspace.write("deleted_conversations", [deletion])
        workspace.write("contacts", [contact("c1", START + 9, merge_history=[merge])])
        workspace.write("admins", [admin(8)])
        workspace.load(read_all=True)
    server.stop()
    built = Warehouse(
        workspace.settings.warehouse_dir,
        {"VENDORS": only("helpdesk", "intercom"), "AS_OF": "2026-11-18T20:00:00Z"},
    )
    built.build("-s", "staging.intercom", "+intermediate.helpdesk")
    return built


def test_a_conversation_becomes_a_ticket(warehouse):
    """Else the second helpdesk counts other things than the first."""
    assert warehouse.query(
        "select ticket_id, requester_id, organization_id, assignee_id, group_id, "
        "channel_name, priority_type, status_type, is_deleted, is_merged, "
        "merged_into_ticket_id, tags from intermediate.int_tickets order by 1"
    ) == [
        (
            "1",
            "c1",
            "k1",
            "8",
            "5",
            "messenger",
            "normal",
            "solved",
            False,
            False,
            None,
            '["vip","فوری"]',
        ),
        (
            "2",
            "c1",
            None,
            None,
            None,
            "messenger",
            None,
            "hold",
            False,
            False,
            None,
            "[]",
        ),
        ("3", "c1", None, None, None, "messenger", None, None, True, False, None, "[]"),
        ("4", "c1", None, None, None, "messenger", None, None, True, False, None, "[]"),
        (
            "5",
            "c1",
            None,
            None,
            None,
            "messenger",
            None,
            "solved",
            False,
            True,
            "1",
            "[]",
        ),
    ]


def test_parts_become_changes_in_their_order(warehouse):
    """Else a reopened conversation looks solved at once, part 100 before part 13."""
    query = (
        "select field_name, previous_value, new_value, changed_by_user_id, "
        f"epoch(changed_at)::bigint - {START} from "
        "intermediate.int_ticket_field_changes where ticket_id = '{}' "
        "order by changed_at, length(change_id), change_id, field_name"
    )
    assert warehouse.query(query.format(1)) == [
        ("organization", None, "k1", "c1", 0),
        ("priority", None, "normal", "c1", 0),
        ("requester", None, "c1", "c1", 0),
        ("status", None, "open", "c1", 0),
        ("group", None, "5", "3", 60),
        ("assignee", None, "7", "7", 120),
        ("status", "open", "solved", "7", HOUR),
        ("status", "solved", "open", "c1", 2 * HOUR),
        ("assignee", "7", "8", "3", 3 * HOUR),
        ("status", "open", "solved", "8", 4 * HOUR),
    ]
    assert warehouse.query(query.format(2)) == [
        ("requester", None, "c1", "c1", 0),
        ("status", None, "open", "c1", 0),
        ("assignee", None, "7", "7", 10),
        ("status", "open", "hold", "7", 20),
        ("status", "hold", "open", "3", HOUR),
        ("assignee", "7", None, "7", 2 * HOUR),
        ("status", "open", "hold", "7", 3 * HOUR),
    ]


def test_what_was_said_is_a_comment_and_a_note_is_not_public(warehouse):
    """Else a note to a colleague counts as the first reply, or a closing answer not."""
    assert warehouse.query(
        "select comment_id, author_id, author_type, is_public from "
        "intermediate.int_ticket_comments where ticket_id = '1' "
        "order by created_at, comment_id"
    ) == [
        ("source-901", "c1", "end_user", True),
        ("11", "7", "agent", False),
        ("12", "7", "agent", True),
        ("13", "7", "agent", True),
        ("100", "c1", "end_user", True),
    ]


def test_everybody_is_a_user_and_a_merged_one_names_the_survivor(warehouse):
    """Else an agent who left, a bot or a merged lead is a hole in every join."""
    assert warehouse.query(
        "select user_id, user_type, is_active, is_deleted, merged_into_user_id "
        "from intermediate.int_helpdesk_users order by 1"
    ) == [
        ("3", "bot", True, False, None),
        ("7", "agent", False, True, None),
        ("8", "agent", True, False, None),
        ("c1", "end_user", True, False, None),
        ("l9", "end_user", False, True, "c1"),
    ]
    assert warehouse.query(
        "select organization_id, organization_name, domain_names "
        "from intermediate.int_helpdesk_organizations"
    ) == [("k1", "Company 1", '["firma1.example"]')]
    assert warehouse.query(
        "select group_id, group_name, is_deleted from intermediate.int_helpdesk_groups"
    ) == [("5", "Orders", False)]


def test_ratings_and_the_sla_end_as_intercom_says_them(warehouse):
    """Else a rating that was only asked for is a bad one, a 3 a good one."""
    assert warehouse.query(
        "select ticket_id, score_type, comment_text, assignee_id, requester_id "
        "from intermediate.int_satisfaction_ratings order by 1"
    ) == [("1", "bad", "slow", "8", "c1"), ("2", "offered", None, None, "c1")]
    assert warehouse.query(
        f"select ticket_id, event_type, policy_name, epoch(happened_at) - {START} "
        "from intermediate.int_ticket_sla_events order by 1, 2"
    ) == [
        ("1", "apply_sla", "4 h", 0),
        ("1", "breach", "4 h", 240),
        ("2", "apply_sla", "4 h", 0),
    ]
    assert warehouse.query("select count(*) from intermediate.int_sla_policies") == [
        (0,)
    ]


def test_office_hours_are_cut_at_midnight_and_holidays_repeat(warehouse):
    """Else business minutes of a night shift fall on no day at all."""
    assert warehouse.query(
        "select weekday_number, start_minute, end_minute "
        "from intermediate.int_business_hours where schedule_id = '1' order by 1"
    ) == [(1, 540, 1020), (5, 1320, 1440), (6, 0, 1440), (7, 0, 60)]
    assert warehouse.query(
        "select count(*), sum(end_minute - start_minute) "
        "from intermediate.int_business_hours where schedule_id = '2'"
    ) == [(7, 10_080)]
    assert warehouse.query(
        "select holiday_name, start_date::varchar "
        "from intermediate.int_business_holidays order by 1, 2"
    ) == [
        ("Leap day", "2024-02-29"),
        ("Nowruz", "2025-03-21"),
        ("Nowruz", "2026-03-21"),
        ("Nowruz", "2027-03-21"),
    ]
