"""Tickets and their events, metric events and ratings as the API has them."""

from collections.abc import Iterator
from typing import Any

from ingestion.sandbox.generator.zendesk.desk import (
    CHANNELS_FIELD,
    REFUND_FIELD,
    TOPIC_FIELD,
    iso,
)
from ingestion.sandbox.generator.zendesk.life import Life
from ingestion.sandbox.generator.zendesk.metrics import metric_events, metric_set
from ingestion.sandbox.generator.zendesk.planted import TAKEN_BACK
from ingestion.sandbox.generator.zendesk.working_hours import second

_API = "https://zafran.zendesk.com/api/v2"
_FIELDS = (TOPIC_FIELD, REFUND_FIELD, CHANNELS_FIELD)
_SCRUBBED = "SCRUBBED"
# Who a scrubbed ticket's requester becomes.
_NOBODY = 396_330_999_999
_EVENT_IDS, _CHILD_IDS = 2_127_000_000_000, 3_127_000_000_000
_METRIC_IDS, _RATING_IDS = 926_000_000_000, 62_000


class Ledger:
    """All tickets, written out file by file."""

    def __init__(self, lives: list[Life]) -> None:
        self._lives = sorted(lives, key=lambda life: life.ticket_id)

    def files(self) -> dict[str, Iterator[dict[str, Any]]]:
        """Return the lines of each file."""
        return {
            "tickets": (_ticket(life) for life in self._lives),
            "ticket_events": self._events(),
            "ticket_metric_events": self._metric_events(),
            "satisfaction_ratings": self._ratings(),
            "deleted_tickets": self._deletions(),
        }

    def _events(self) -> Iterator[dict[str, Any]]:
        number = child_number = 0
        for life in self._lives:
            for at, actor, via, children, merged in life.audits:
                number += 1
                numbered = []
                for child in children:
                    child_number += 1
                    numbered.append(
                        {"id": _CHILD_IDS + child_number, "via": via, **child}
                    )
                yield {
                    "id": _EVENT_IDS + number,
                    "ticket_id": life.ticket_id,
                    "timestamp": at,
                    "created_at": iso(at),
                    "updater_id": actor,
                    "via": via,
                    "event_type": "Audit",
                    "merged_ticket_ids": merged,
                    "child_events": numbered,
                }

    def _metric_events(self) -> Iterator[dict[str, Any]]:
        number = 0
        for life in self._lives:
            for event in metric_events(life):
                number += 1
                taken_back = life.ticket_id == TAKEN_BACK and event["type"] == "breach"
                line = {
                    "id": _METRIC_IDS + number,
                    "ticket_id": life.ticket_id,
                    "metric": event["metric"],
                    "instance_id": event["instance"],
                    "type": event["type"],
                    "time": iso(event["at"]),
                    "deleted": taken_back,
                }
                for kind in ("sla", "status"):
                    if kind in event:
                        line[kind] = event[kind]
                yield line

    def _ratings(self) -> Iterator[dict[str, Any]]:
        number = 0
        for life in self._lives:
            if not life.rating:
                continue
            number += 1
            yield {
                "id": _RATING_IDS + number,
                "url": f"{_API}/satisfaction_ratings/{_RATING_IDS + number}.json",
                "ticket_id": life.ticket_id,
                "requester_id": life.state["requester_id"],
                "assignee_id": life.state["assignee_id"],
                "group_id": life.state["group_id"],
                "score": life.rating[-1][1],
                "comment": life.rating_comment,
                "reason": None,
                "reason_id": 0,
                "reason_code": 0,
                "created_at": iso(life.rating[0][0]),
                "updated_at": iso(life.rating[-1][0]),
            }

    def _deletions(self) -> Iterator[dict[str, Any]]:
        for life in self._lives:
            if life.is_deleted and not life.is_scrubbed:
                yield {
                    "id": life.ticket_id,
                    "subject": life.state["subject"],
                    "actor": {"id": 418_284_000_000, "name": "Admin"},
                    "deleted_at": iso(life.generated),
                    "previous_state": life.status,
                }


def _ticket(life: Life) -> dict[str, Any]:
    state = life.state
    fields = [
        {"id": field, "value": life.custom_fields.get(field)} for field in _FIELDS
    ]
    line: dict[str, Any] = {
        "url": f"{_API}/tickets/{life.ticket_id}.json",
        "id": life.ticket_id,
        "external_id": None,
        "created_at": iso(life.created),
        "updated_at": iso(life.audits[-1][0]),
        "generated_timestamp": life.generated,
        "type": state["type"],
        "subject": state["subject"],
        "raw_subject": state["subject"],
        "description": "Hello, please help me with this.",
        "priority": state["priority"],
        "status": state["status"],
        "custom_status_id": life.custom_status_id,
        "recipient": None,
        "requester_id": state["requester_id"],
        "submitter_id": life.submitter_id,
        "assignee_id": state["assignee_id"],
        "organization_id": state["organization_id"],
        "group_id": state["group_id"],
        "collaborator_ids": [],
        "follower_ids": [],
        "email_cc_ids": [],
        "problem_id": None,
        "has_incidents": False,
        "is_public": True,
        "due_at": None,
        "tags": state["tags"],
        "custom_fields": fields,
        "fields": fields,
        "satisfaction_rating": {
            "score": life.rating[-1][1] if life.rating else "unoffered"
        },
        "brand_id": state["brand_id"],
        "ticket_form_id": state["ticket_form_id"],
        "allow_channelback": False,
        "allow_attachments": True,
        "from_messaging_channel": False,
        "via": {
            "channel": life.channel,
            "source": {"from": {}, "to": {}, "rel": life.source_rel},
        },
        "metric_set": metric_set(life),
    }
    if life.is_deleted:
        line["status"] = "deleted"
    if life.is_scrubbed:
        scrubbed = second("2026-10-20T03:00Z")
        line |= {
            "subject": _SCRUBBED,
            "raw_subject": _SCRUBBED,
            "description": _SCRUBBED,
            "requester_id": _NOBODY,
            "submitter_id": _NOBODY,
            "organization_id": None,
            "tags": [],
            "custom_fields": [],
            "fields": [],
            "updated_at": iso(scrubbed),
        }
    return line
