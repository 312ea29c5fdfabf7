"""Ghost's records as rows: nested values by their path, relations by id."""

from typing import Any

import orjson

from ingestion.extraction import Row
from ingestion.records import RawTable
from ingestion.rest import Json
from ingestion.sources._ghost_tables import MEMBER_EVENTS, MEMBERS
from ingestion.word_count import word_count


def row_of(table: RawTable, record: dict[str, Any]) -> Row:
    """Return a record as a row: a column `a_b` is field `a_b`, else `b` of `a`."""
    return {column: _value(record, column) for column in table.columns}


def _value(record: dict[str, Any], column: str) -> Json:
    if record.get(column) is not None:
        return record[column]
    parts = column.split("_")
    for end in range(1, len(parts)):
        nested = record.get("_".join(parts[:end]))
        if isinstance(nested, dict):
            return nested.get("_".join(parts[end:]))
    return None


def content_row(table: RawTable, record: dict[str, Any]) -> Row:
    """Return a post or page as a row: relations by id, words counted."""
    row = row_of(table, record)
    for name, fields in (
        ("tags", ("id", "name", "slug", "visibility")),
        ("authors", ("id", "name", "slug")),
        ("tiers", ("id", "name", "slug")),
    ):
        related = record.get(name)
        row[name] = [
            {field: one.get(field) for field in fields}
            for one in (related if isinstance(related, list) else [])
            if isinstance(one, dict)
        ]
    row["content_word_count"] = word_count(record.get("html"))
    return row


def member_row(record: dict[str, Any]) -> Row:
    """Return a member as a row."""
    row = row_of(MEMBERS, record)
    info = (record.get("email_suppression") or {}).get("info") or {}
    row["email_suppression_reason"] = info.get("reason")
    row["email_suppression_timestamp"] = info.get("timestamp")
    row["geolocation_country"] = _country(record.get("geolocation"))
    for name in ("labels", "newsletters", "tiers", "subscriptions"):
        row[name] = record.get(name) or []
    return row


def _country(geolocation: object) -> str | None:
    """Return the country of a geolocation, which is JSON inside a text."""
    try:
        place = orjson.loads(geolocation) if isinstance(geolocation, str) else None
    except orjson.JSONDecodeError:
        return None
    return place.get("country") if isinstance(place, dict) else None


def event_row(event: Json) -> Row:
    """Return an event as a row: whose it is and what it is about, by id."""
    data = event.get("data") if isinstance(event, dict) else None
    if not isinstance(data, dict):
        return {}
    row = row_of(MEMBER_EVENTS, data)
    email = data.get("email") if isinstance(data.get("email"), dict) else {}
    row["type"] = event.get("type")
    # The type of a subscription event is that of the subscription's change.
    row["subscription_type"] = data.get("type")
    row["email_id"] = data.get("email_id") or email.get("id")
    row["post_id"] = row["post_id"] or email.get("post_id")
    row["newsletter_id"] = row["newsletter_id"] or email.get("newsletter_id")
    return row
