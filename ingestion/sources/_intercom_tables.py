"""The tables of `raw_intercom`: their columns, types and keys, as Intercom names them.

A nested field is flattened with its path joined by `_`; lists stay JSON. Bodies are not
loaded: nothing in the warehouse reads what people wrote. Intercom's instants are epoch
seconds and arrive as timestamps.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.records import RawTable, columns

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_STATISTIC_SECONDS = (
    "time_to_assignment time_to_admin_reply time_to_first_close time_to_last_close "
    "median_time_to_reply handling_time adjusted_handling_time"
)
_STATISTIC_COUNTS = "count_reopens count_assignments count_conversation_parts"
_STATISTIC_INSTANTS = (
    "first_contact_reply_at first_assignment_at first_admin_reply_at first_close_at "
    "last_assignment_at last_contact_reply_at last_admin_reply_at last_close_at"
)


def _of(parent: str, names: str) -> str:
    return " ".join(f"{parent}_{name}" for name in names.split())


CONVERSATIONS = RawTable(
    "conversations",
    columns(
        text="id title state priority admin_assignee_id team_assignee_id company_id "
        "contact_id source_id source_type source_delivered_as source_subject "
        "source_author_type source_author_id source_author_name sla_applied_sla_name "
        "sla_applied_sla_status conversation_rating_remark "
        "conversation_rating_teammate_id conversation_rating_contact_id "
        "statistics_last_closed_by_id",
        bool="open read ai_agent_participated",
        bigint="conversation_rating_rating "
        f"{_of('statistics', _STATISTIC_SECONDS)} "
        f"{_of('statistics', _STATISTIC_COUNTS)}",
        json="contacts tags tag_names custom_attributes linked_objects",
        timestamp="created_at updated_at waiting_since snoozed_until "
        "conversation_rating_created_at conversation_rating_updated_at "
        f"{_of('statistics', _STATISTIC_INSTANTS)}",
    ),
    key=("id",),
    newest_by="updated_at",
)
CONVERSATION_PARTS = RawTable(
    "conversation_parts",
    columns(
        text="conversation_id id part_type state author_type author_id author_name "
        "assigned_to_type assigned_to_id app_package_code",
        bool="has_body redacted author_from_ai_agent",
        json="event_details",
        timestamp="created_at updated_at",
    ),
    # Not replaced as a set: Intercom gives the 500 newest, and older ones stay ours.
    key=("conversation_id", "id"),
    newest_by="updated_at",
)
DELETED_CONVERSATIONS = RawTable(
    "deleted_conversations",
    columns(text="id", bool="metrics_retained", timestamp="deleted_at"),
    key=("id",),
)
CONTACTS = RawTable(
    "contacts",
    columns(
        text="id external_id role email name owner_id location_country "
        "language_override company_id",
        bool="has_hard_bounced marked_email_as_spam unsubscribed_from_emails",
        json="merge_history custom_attributes",
        timestamp="created_at updated_at signed_up_at last_seen_at",
    ),
    key=("id",),
    newest_by="updated_at",
)
COMPANIES = RawTable(
    "companies",
    columns(
        text="id company_id name website industry plan_name",
        bigint="size user_count session_count",
        decimal="monthly_spend",
        json="custom_attributes",
        timestamp="created_at updated_at remote_created_at last_request_at",
    ),
    key=("id",),
)
ADMINS = RawTable(
    "admins",
    columns(
        text="id name email job_title",
        bool="away_mode_enabled has_inbox_seat",
        json="team_ids",
    ),
    key=("id",),
)
TEAMS = RawTable(
    "teams",
    columns(text="id name distribution_method", json="admin_ids"),
    key=("id",),
)
TAGS = RawTable("tags", columns(text="id name"), key=("id",))
OFFICE_HOURS_SCHEDULES = RawTable(
    "office_hours_schedules",
    columns(
        text="id name time_zone_name",
        bool="twenty_four_seven",
        json="time_intervals",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
OFFICE_HOURS_EXCEPTIONS = RawTable(
    "office_hours_exceptions",
    columns(
        text="office_hours_schedule_id id name exception_type",
        bool="recurring_annually",
        date="exception_date",
        json="time_intervals",
        timestamp="created_at updated_at",
    ),
    key=("office_hours_schedule_id", "id"),
)
WORKSPACES = RawTable(
    "workspaces",
    columns(text="id_code name timezone region", timestamp="created_at"),
    key=("id_code",),
)


def instant(seconds: object) -> object:
    """Return epoch seconds as an instant; anything else as it is, to be quarantined."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return seconds
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return seconds


def row_of(table: RawTable, record: Mapping[str, Any], **values: object) -> dict:
    """Return a row of a table from a record.

    Args:
        table: the table.
        record: as Intercom sends it; an object in it is flattened.
        values: columns that are nested or typed otherwise.
    """
    flat: dict[str, Any] = {}
    for name, value in record.items():
        flat[name] = value
        if isinstance(value, dict) and table.columns.get(name) != "json":
            flat |= {f"{name}_{inner}": found for inner, found in value.items()}
    flat |= values
    return {
        column: instant(flat.get(column)) if kind == "timestamp" else flat.get(column)
        for column, kind in table.columns.items()
    }


def conversation_row(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a conversation."""
    source, author = _object(record, "source"), _object(record, "source", "author")
    rating = _object(record, "conversation_rating")
    contacts = _listed(record, "contacts")
    tags = _listed(record, "tags")
    return row_of(
        CONVERSATIONS,
        record,
        admin_assignee_id=assignee(record.get("admin_assignee_id")),
        team_assignee_id=assignee(record.get("team_assignee_id")),
        # Newer versions nest the company, older ones say its id.
        company_id=_object(record, "company").get("id") or record.get("company_id"),
        contact_id=contacts[0].get("id") if contacts else None,
        contacts=contacts,
        tags=tags,
        tag_names=[tag["name"] for tag in tags if tag.get("name")],
        source_author_type=author.get("type"),
        source_author_id=author.get("id"),
        source_author_name=author.get("name"),
        source_id=source.get("id"),
        conversation_rating_teammate_id=_object(rating, "teammate").get("id"),
        conversation_rating_contact_id=_object(rating, "contact").get("id"),
        custom_attributes=record.get("custom_attributes") or {},
        linked_objects=_object(record, "linked_objects").get("data") or [],
    )


def part_row(conversation_id: str, part: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a part of a conversation."""
    assigned_to = part.get("assigned_to")
    if not isinstance(assigned_to, dict):
        # Some versions say the bare id of an admin.
        assigned_to = {"type": "admin", "id": assigned_to} if assigned_to else {}
    return row_of(
        CONVERSATION_PARTS,
        {name: value for name, value in part.items() if name != "assigned_to"},
        conversation_id=conversation_id,
        id=str(part["id"]),
        assigned_to_type=assigned_to.get("type"),
        assigned_to_id=assigned_to.get("id"),
        has_body=bool(part.get("body")),
    )


def contact_row(contact: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a contact."""
    companies = _listed(contact, "companies", "data")
    return row_of(
        CONTACTS,
        contact,
        company_id=companies[0].get("id") if companies else None,
        merge_history=contact.get("merge_history") or [],
        custom_attributes=contact.get("custom_attributes") or {},
    )


def assignee(value: object) -> object:
    """Return who is assigned; Intercom says 0 for nobody."""
    return None if value in (0, "0") else value


def _object(record: Mapping[str, Any], *path: str) -> dict[str, Any]:
    found: Any = record
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _listed(
    record: Mapping[str, Any], name: str, field: str = ""
) -> list[dict[str, Any]]:
    """Return the objects of `{"type": "tag.list", "tags": […]}`."""
    found = _object(record, name).get(field or name)
    return [one for one in found or [] if isinstance(one, dict)]
