"""Zendesk's records as rows: nested values under their path."""

from typing import Any

from ingestion.extraction import Row
from ingestion.records import RawTable
from ingestion.sources._zendesk_tables import (
    METRIC_COUNTS,
    METRIC_DURATIONS,
    METRIC_INSTANTS,
    ORGANIZATIONS,
    TICKET_METRIC_EVENTS,
    TICKETS,
    USERS,
)


def plain_row(table: RawTable, record: Row) -> Row:
    """Return the record's fields that are the table's columns."""
    return {name: record.get(name) for name in table.columns}


def ticket_row(ticket: Row) -> Row:
    """Return the row of a ticket with the metric_set that came with it."""
    via = _object(ticket, "via")
    rating = _object(ticket, "satisfaction_rating")
    metrics = _object(ticket, "metric_set")
    row = plain_row(TICKETS, ticket)
    row["tags"] = ticket.get("tags") or []
    row["custom_fields"] = ticket.get("custom_fields") or []
    row["via_channel"] = via.get("channel")
    row["via_source_rel"] = _object(via, "source").get("rel")
    row["satisfaction_rating_id"] = rating.get("id")
    row["satisfaction_rating_score"] = rating.get("score")
    for name in f"{METRIC_COUNTS} {METRIC_INSTANTS}".split():
        row[f"metric_set_{name}"] = metrics.get(name)
    for name in METRIC_DURATIONS.split():
        minutes = _object(metrics, f"{name}_in_minutes")
        for clock in ("calendar", "business"):
            row[f"metric_set_{name}_in_minutes_{clock}"] = minutes.get(clock)
    return row


def metric_event_row(event: Row) -> Row:
    """Return the row of a metric event with its target or its elapsed minutes."""
    row = plain_row(TICKET_METRIC_EVENTS, event)
    for kind in ("sla", "group_sla"):
        target = _object(event, kind)
        policy = _object(target, "policy")
        row[f"{kind}_target"] = target.get("target")
        row[f"{kind}_business_hours"] = target.get("business_hours")
        row[f"{kind}_policy_id"] = policy.get("id")
        row[f"{kind}_policy_title"] = policy.get("title")
    status = _object(event, "status")
    row["status_calendar"] = status.get("calendar")
    row["status_business"] = status.get("business")
    return row


def user_row(user: Row) -> Row:
    """Return the row of a user."""
    return {**plain_row(USERS, user), "tags": user.get("tags") or []}


def organization_row(organization: Row) -> Row:
    """Return the row of an organization."""
    return {
        **plain_row(ORGANIZATIONS, organization),
        "domain_names": organization.get("domain_names") or [],
        "tags": organization.get("tags") or [],
    }


def _object(record: dict[str, Any], name: str) -> dict[str, Any]:
    value = record.get(name)
    return value if isinstance(value, dict) else {}
