"""What must hold in raw_zendesk before dbt reads it.

Critical is what would make a wrong number that nobody sees: a status that no KPI knows,
a history without its ticket or its instant. What a customer or an agent can mistype, and
what Zendesk may add to its lists, only warns.
"""

from typing import TYPE_CHECKING

from expectations.results import Severity
from expectations.rules import (
    EMAIL,
    always_there,
    identifies_rows,
    never_negative,
    no_row_where,
    one_of,
    plausible_instants,
)

if TYPE_CHECKING:
    from great_expectations.expectations.expectation import Expectation

STATUSES = ("new", "open", "pending", "hold", "solved", "closed", "deleted")
PRIORITIES = ("low", "normal", "high", "urgent")
METRIC_EVENTS = (
    *("activate", "pause", "fulfill", "apply_sla", "apply_group_sla", "breach"),
    *("update_status", "measure"),
)


def suites() -> "dict[str, list[Expectation]]":
    """Return the suites by table."""
    return {
        "tickets": [
            *identifies_rows("id"),
            *always_there("status", "generated_timestamp", "created_at"),
            *plausible_instants("created_at", "updated_at"),
            one_of("status", STATUSES, Severity.critical),
            one_of("priority", PRIORITIES, Severity.critical),
            no_row_where(
                "requester_id is null and status <> 'deleted'",
                "a ticket has a requester",
            ),
            no_row_where(
                "updated_at < created_at",
                "a ticket is updated after it was created",
                Severity.warning,
            ),
            *never_negative("metric_set_reopens", "metric_set_replies"),
        ],
        "ticket_events": [
            *identifies_rows("id"),
            *always_there("ticket_id", "created_at"),
            *plausible_instants("created_at"),
        ],
        "ticket_audits": [
            *identifies_rows("id"),
            *always_there("ticket_id", "created_at"),
        ],
        "ticket_child_events": [
            *identifies_rows("event_id", "id", "field_name"),
            *always_there("ticket_id", "event_type", "created_at"),
            no_row_where(
                f"field_name = 'status' and value not in {STATUSES}",
                "a ticket's past status is one that the KPIs know",
            ),
            no_row_where(
                "event_type = 'Comment' and public is null",
                "a comment says whether the customer sees it",
                Severity.warning,
            ),
        ],
        "ticket_metric_events": [
            *identifies_rows("id"),
            *always_there("ticket_id", "metric", "type", "time"),
            one_of("type", METRIC_EVENTS, Severity.critical),
            *plausible_instants("time"),
            *never_negative("sla_target", "status_calendar", "status_business"),
            no_row_where(
                "type = 'apply_sla' and sla_target is null",
                "a target that was applied has minutes",
            ),
        ],
        "users": [
            *identifies_rows("id"),
            *always_there("role", "active"),
            one_of("role", ("end-user", "agent", "admin")),
            no_row_where(
                f"not regexp_matches(email, '{EMAIL}')",
                "an e-mail address looks like one",
                Severity.warning,
            ),
            *plausible_instants("created_at", "updated_at"),
        ],
        "organizations": [
            *identifies_rows("id"),
            *always_there("name"),
            *plausible_instants("created_at", "updated_at"),
        ],
        "groups": [*identifies_rows("id"), *always_there("name")],
        "group_memberships": [
            *identifies_rows("id"),
            *always_there("user_id", "group_id"),
        ],
        "brands": [*identifies_rows("id"), *always_there("name")],
        "ticket_fields": [*identifies_rows("id"), *always_there("type", "title")],
        "satisfaction_ratings": [
            *identifies_rows("id"),
            *always_there("ticket_id", "score", "created_at"),
            no_row_where(
                "split_part(score, '_', 1) "
                "not in ('offered', 'unoffered', 'good', 'bad')",
                "a rating is good or bad, or was offered",
                Severity.warning,
            ),
        ],
        "sla_policies": [*identifies_rows("id"), *always_there("policy_metrics")],
        "schedules": [
            *identifies_rows("id"),
            *always_there("time_zone", "intervals"),
        ],
        "schedule_holidays": [
            *identifies_rows("schedule_id", "id"),
            no_row_where("end_date < start_date", "a holiday ends after it starts"),
        ],
        "deleted_tickets": [*identifies_rows("id"), *always_there("deleted_at")],
    }
