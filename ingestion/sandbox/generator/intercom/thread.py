"""One conversation as it goes: parts, state, assignees, and the statistics of it."""

from itertools import pairwise
from typing import Any

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Account, Person
from ingestion.sandbox.generator.intercom.desk import (
    OPERATOR,
    admin_id,
    author,
    company_id,
    contact_id,
    seconds,
    team_id,
)
from ingestion.sandbox.generator.staff import Employee

_REOPENING = (
    "open",
    "assign_and_reopen",
    "note_and_reopen",
    "unsnoozed",
    "timer_unsnooze",
)
Who = Employee | Person | dict


class Thread:
    """A conversation; nothing that would happen after the company's now happens."""

    def __init__(
        self,
        conversation_id: int,
        person: Person,
        created: int,
        subject: str,
        channel: str = "conversation",
        delivered_as: str = "customer_initiated",
    ) -> None:
        self.conversation_id = conversation_id
        self.person = person
        self.created = created
        self.subject = subject
        self.channel = channel
        self.delivered_as = delivered_as
        self.initiator: Who = person
        self.now = created
        self.state = "open"
        self.admin: Employee | None = None
        self.team: int | None = None
        self.priority = "none"
        self.tags: list[str] = []
        self.rating: dict[str, Any] | None = None
        self.sla_name = ""
        self.snoozed_until: int | None = None
        self.linked: list[str] = []
        self.has_statistics = True
        self.parts: list[dict[str, Any]] = []
        self._authors: list[Who] = []

    def wait(self, milliseconds: float) -> bool:
        """Let time pass; return whether it is still before the company's now."""
        self.now += int(milliseconds)
        return self.now < calendar.AS_OF

    def add(
        self,
        part_type: str,
        who: Who,
        body: str | None = None,
        to: Employee | int | None = None,
        **more: object,
    ) -> None:
        """Add a part at the present moment and let it have its effect."""
        if self.now >= calendar.AS_OF:
            return
        if part_type == "close":
            self.state = "closed"
        elif part_type == "snoozed":
            self.state = "snoozed"
        elif part_type in _REOPENING or (
            part_type == "comment" and isinstance(who, Person)
        ):
            self.state, self.snoozed_until = "open", None
        assigned_to = None
        if isinstance(to, Employee):
            self.admin = to
            assigned_to = {"type": "admin", "id": str(admin_id(to))}
        elif to is not None:
            self.team = to
            assigned_to = {"type": "team", "id": str(team_id(to))}
        moment = seconds(self.now)
        self._authors.append(who)
        self.parts.append(
            {
                "type": "conversation_part",
                "id": str(self.conversation_id * 1000 + len(self.parts) + 1),
                "part_type": part_type,
                "body": f"<p>{body}</p>" if body else None,
                "created_at": moment,
                "updated_at": moment,
                "notified_at": moment,
                "assigned_to": assigned_to,
                "author": author(who),
                "attachments": [],
                "external_id": None,
                "redacted": False,
                "state": self.state,
                "tags": [],
                "event_details": None,
                "app_package_code": None,
                **more,
            }
        )

    def unassign(self, who: Employee) -> None:
        """Take the conversation from its agent: Intercom assigns it to nobody."""
        self.add("assignment", who, assigned_to={"type": "nobody_admin", "id": None})
        self.admin = None

    def rate(self, requested: int, score: int | None, rated: int, remark: str) -> None:
        """Ask for a rating, and give one if there is a score."""
        if requested >= calendar.AS_OF:
            return
        is_rated = score is not None and rated < calendar.AS_OF
        self.rating = {
            "rating": score if is_rated else None,
            "remark": remark if is_rated else "",
            "created_at": seconds(requested),
            "updated_at": seconds(rated if is_rated else requested),
            "contact": {"type": "contact", "id": contact_id(self.person)},
            "teammate": {
                "type": "admin",
                "id": str(admin_id(self.admin)) if self.admin else OPERATOR["id"],
            },
        }

    def line(self) -> dict[str, Any]:
        """Return the conversation as a look-up of it does."""
        changed = [self.created // 1000, *(part["created_at"] for part in self.parts)]
        if self.rating:
            changed.append(self.rating["updated_at"])
        account = self.person.account
        waiting = self.state == "open" and (
            not self._authors or isinstance(self._authors[-1], Person)
        )
        return {
            "type": "conversation",
            "id": str(self.conversation_id),
            "title": None if self.channel != "email" else self.subject,
            "created_at": seconds(self.created),
            "updated_at": max(changed),
            "waiting_since": changed[len(self.parts)] if waiting else None,
            "snoozed_until": self.snoozed_until,
            "open": self.state == "open",
            "state": self.state,
            "read": True,
            "priority": self.priority,
            "admin_assignee_id": admin_id(self.admin) if self.admin else 0,
            "team_assignee_id": 0 if self.team is None else team_id(self.team),
            "company": _company(account) if account else None,
            "tags": {"type": "tag.list", "tags": [tag(name) for name in self.tags]},
            "conversation_rating": self.rating,
            "source": {
                "type": self.channel,
                "id": str(403_000_000 + self.conversation_id % 1_000_000),
                "delivered_as": self.delivered_as,
                "subject": self.subject if self.channel == "email" else "",
                "body": f"<p>{self.subject}</p>",
                "author": author(self.initiator),
                "attachments": [],
                "url": None,
                "redacted": False,
            },
            "contacts": {
                "type": "contact.list",
                "contacts": [
                    {
                        "type": "contact",
                        "id": contact_id(self.person),
                        "external_id": self.person.user_id,
                    }
                ],
            },
            "teammates": {
                "type": "admin.list",
                "admins": [{"type": "admin", "id": one} for one in self._teammates()],
            },
            "custom_attributes": {},
            "first_contact_reply": None,
            "sla_applied": self._sla(),
            "statistics": self.statistics() if self.has_statistics else None,
            "linked_objects": {
                "type": "list",
                "total_count": len(self.linked),
                "has_more": False,
                "data": [
                    {"type": "conversation", "id": one, "category": None}
                    for one in self.linked
                ],
            },
            "ai_agent_participated": any(
                isinstance(who, dict) and who.get("from_ai_agent")
                for who in self._authors
            ),
            "conversation_parts": {
                "type": "conversation_part.list",
                "conversation_parts": self.parts,
                "total_count": len(self.parts),
            },
        }

    def _teammates(self) -> list[str]:
        found = {
            str(admin_id(who)): None
            for who in self._authors
            if isinstance(who, Employee)
        }
        return list(found)

    def _sla(self) -> dict[str, str] | None:
        if not self.sla_name:
            return None
        replied = self.statistics()["time_to_admin_reply"]
        status = "active"
        if replied is not None:
            status = "hit" if replied <= 4 * 3600 else "missed"
        elif self.state == "closed":
            status = "cancelled"
        return {
            "type": "conversation_sla_summary",
            "sla_name": self.sla_name,
            "sla_status": status,
        }

    def statistics(self) -> dict[str, Any]:
        """Return what Intercom counts of a conversation."""
        start = seconds(self.created)
        replies = self._instants("comment", Employee)
        closes = [
            part["created_at"] for part in self.parts if part["part_type"] == "close"
        ]
        assigned = [
            part["created_at"]
            for part in self.parts
            if (part["assigned_to"] or {}).get("type") == "admin"
        ]
        contact = self._instants("comment", Person)
        closer = [
            who
            for who, part in zip(self._authors, self.parts, strict=True)
            if part["part_type"] == "close"
        ]
        return {
            "type": "conversation_statistics",
            "time_to_assignment": assigned[0] - start if assigned else None,
            "time_to_admin_reply": replies[0] - start if replies else None,
            "time_to_first_close": closes[0] - start if closes else None,
            "time_to_last_close": closes[-1] - start if closes else None,
            "median_time_to_reply": replies[0] - start if replies else None,
            "first_contact_reply_at": contact[0] if contact else None,
            "first_assignment_at": assigned[0] if assigned else None,
            "first_admin_reply_at": replies[0] if replies else None,
            "first_close_at": closes[0] if closes else None,
            "last_assignment_at": assigned[-1] if assigned else None,
            "last_contact_reply_at": contact[-1] if contact else None,
            "last_admin_reply_at": replies[-1] if replies else None,
            "last_close_at": closes[-1] if closes else None,
            "last_closed_by_id": author(closer[-1])["id"] if closer else None,
            "count_reopens": self._reopens(),
            "count_assignments": len(assigned),
            "count_conversation_parts": len(self.parts),
            "handling_time": 60 * len(replies) or None,
            "adjusted_handling_time": 60 * len(replies) or None,
        }

    def _instants(self, part_type: str, kind: type) -> list[int]:
        return [
            part["created_at"]
            for who, part in zip(self._authors, self.parts, strict=True)
            if part["part_type"] == part_type and isinstance(who, kind)
        ]

    def _reopens(self) -> int:
        states = [part["state"] for part in self.parts]
        return sum(
            before == "closed" and after == "open" for before, after in pairwise(states)
        )


def tag(name: str) -> dict[str, str]:
    """Return a tag of a name."""
    return {
        "type": "tag",
        "id": str(8_000_000 + sum(map(ord, name))),
        "name": name,
    }


def _company(account: Account) -> dict[str, Any]:
    return {
        "type": "company",
        "id": company_id(account),
        "company_id": account.company_id,
        "name": account.name,
    }
