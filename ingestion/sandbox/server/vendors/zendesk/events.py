"""A ticket's history in Zendesk's two forms: audits, and events of the export."""

from ingestion.sandbox.server.collection import Item

# What a child event says beside the field that it set.
_ABOUT = {
    *("id", "via", "via_reference_id", "event_type", "previous_value", "author_id"),
    *("public", "body", "comment_public", "comment_present", "added_tags"),
    "removed_tags",
}
_SETS = ("Create", "Change")


def as_event(audit: Item) -> Item:
    """Return an audit as the export of events has it."""
    return {
        "id": audit.get("id"),
        "ticket_id": audit.get("ticket_id"),
        "timestamp": None,
        "created_at": audit.get("created_at"),
        "updater_id": audit.get("author_id"),
        "via": audit.get("via"),
        "event_type": "Audit",
        "merged_ticket_ids": audit.get("merged_ticket_ids") or [],
        "child_events": [_as_child(event) for event in audit.get("events") or []],
    }


def _as_child(event: Item) -> Item:
    child = {"event_type" if key == "type" else key: event[key] for key in event}
    if child.get("event_type") in _SETS:
        child[str(child.pop("field_name", None))] = child.pop("value", None)
    return child


def as_audit(event: Item) -> Item:
    """Return an event of the export as a ticket's audits have it."""
    return {
        "id": event.get("id"),
        "ticket_id": event.get("ticket_id"),
        "created_at": event.get("created_at"),
        "author_id": event.get("updater_id"),
        "metadata": {"system": {}, "custom": {}},
        "via": {"channel": event.get("via"), "source": {}},
        "events": [
            part
            for child in event.get("child_events") or []
            for part in _as_audit_events(child)
        ],
    }


def _as_audit_events(child: Item) -> list[Item]:
    kind = child.get("event_type")
    if kind not in _SETS:
        plain = {key: value for key, value in child.items() if key != "event_type"}
        return [{**plain, "type": kind}]
    fields = {key: value for key, value in child.items() if key not in _ABOUT}
    fields |= fields.pop("custom_ticket_fields", {})
    more = {"previous_value": child.get("previous_value")} if kind == "Change" else {}
    return [
        {"id": child["id"], "type": kind, "field_name": name, "value": value, **more}
        for name, value in fields.items()
    ]


def without_comments(event: Item) -> Item:
    """Return an event as it comes without `include=comment_events`."""
    return {
        **event,
        "child_events": [
            {
                "id": child.get("id"),
                "via": child.get("via"),
                "via_reference_id": child.get("via_reference_id"),
                "event_type": "Comment",
                "comment_present": True,
                "comment_public": child.get("public"),
            }
            if child.get("event_type") == "Comment"
            else child
            for child in event.get("child_events") or []
        ],
    }
