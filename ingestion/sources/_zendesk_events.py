"""Ticket events and audits as rows: one event each, one row per field it changed.

The export of ticket events and a ticket's audits say the same with the same ids. They
name a changed field differently: `{"status": "open"}` there, `{"field_name": "status",
"value": "open"}` here.
"""

import weakref
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

import orjson

from ingestion.extraction import Row

# What a child event says beside the field that it changed.
_ABOUT = {
    *("id", "type", "event_type", "via", "via_reference_id", "audit_id", "metadata"),
    *("field_name", "value", "previous_value", "added_tags", "removed_tags"),
    *("author_id", "created_at", "public", "comment_public", "comment_present"),
    *("body", "html_body", "plain_body", "attachments", "recipients", "trusted"),
}
_CUSTOM_FIELDS = "custom_ticket_fields"


class Spool:
    """Rows of a later table, kept on disk until its turn."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  lives as long as the extraction
        # A load that fails never comes to the rows.
        weakref.finalize(self, self._file.close)

    def add(self, rows: Iterator[Row]) -> None:
        """Write rows."""
        for row in rows:
            self._file.write(orjson.dumps(row) + b"\n")

    def rows(self) -> Iterator[Row]:
        """Yield the rows that were written, and forget them."""
        self._file.seek(0)
        for line in self._file:
            yield orjson.loads(line)
        self._file.close()


def event_row(event: dict[str, Any]) -> Row:
    """Return the row of one event of the export."""
    return {
        "id": str(event["id"]),
        "ticket_id": text_id(event.get("ticket_id")),
        "updater_id": text_id(event.get("updater_id")),
        "via": via_name(event.get("via")),
        "event_type": event.get("event_type"),
        "merged_ticket_ids": event.get("merged_ticket_ids") or [],
        "created_at": event.get("created_at"),
    }


def audit_row(audit: dict[str, Any]) -> Row:
    """Return the row of one audit."""
    return {
        "id": str(audit["id"]),
        "ticket_id": text_id(audit.get("ticket_id")),
        "author_id": text_id(audit.get("author_id")),
        "via": via_name(audit.get("via")),
        "created_at": audit.get("created_at"),
    }


def child_rows(event: dict[str, Any]) -> Iterator[Row]:
    """Yield a row per field that an event or audit set, and per comment."""
    children = event.get("child_events")
    if children is None:
        children = event.get("events")
    by = event.get("updater_id", event.get("author_id"))
    for child in children if isinstance(children, list) else []:
        if not isinstance(child, dict) or child.get("id") in (None, ""):
            continue
        public = child.get("public")
        row = {
            "event_id": str(event["id"]),
            "id": str(child["id"]),
            "ticket_id": text_id(event.get("ticket_id")),
            "event_type": child.get("event_type") or child.get("type"),
            "author_id": text_id(child.get("author_id") or by),
            "via": via_name(child.get("via")) or via_name(event.get("via")),
            "public": child.get("comment_public") if public is None else public,
            "created_at": event.get("created_at"),
        }
        for name, value, previous in _fields(child):
            yield {
                **row,
                "field_name": name,
                "value": _text(value),
                "previous_value": _text(previous),
            }


def _fields(child: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield name, value and value before of what a child event set."""
    before = child.get("previous_value")
    if child.get("event_type", child.get("type")) not in ("Create", "Change"):
        yield "", None, None
        return
    if name := child.get("field_name"):
        yield str(name), child.get("value"), before
        return
    changed = {name: value for name, value in child.items() if name not in _ABOUT}
    custom = changed.pop(_CUSTOM_FIELDS, None)
    if isinstance(custom, dict):
        changed |= custom
    if not changed:
        yield "", None, None
    for name, value in changed.items():
        yield str(name), value, before


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    # Ids and flags as JSON writes them, lists (tags) as JSON.
    return orjson.dumps(value).decode()


def via_name(via: object) -> str | None:
    """Return the channel's name; one API sends a text, the other an object."""
    if isinstance(via, dict):
        via = via.get("channel")
    return str(via) if via is not None else None


def text_id(value: object) -> str | None:
    """Return an id as text."""
    return None if value is None or value == "" else str(value)
