"""The life of one ticket: what happened to it, in order, and its present state."""

from dataclasses import dataclass, field
from typing import Any

from ingestion.sandbox.generator.zendesk.desk import AUTOMATION, FORM, User
from ingestion.sandbox.generator.zendesk.targets import Policy
from ingestion.sandbox.generator.zendesk.working_hours import Schedule

# What is set when a ticket is created, in the order of its events.
_CREATED_FIELDS = (
    *("subject", "status", "priority", "type", "group_id", "assignee_id"),
    *("requester_id", "organization_id", "brand_id", "tags"),
)
# Channel of a ticket: what events call it.
VIA = {
    "email": "Mail",
    "web": "Web form",
    "chat": "Chat",
    "voice": "Phone call (inbound)",
    "api": "Web service",
    "rule": "Rule",
    "merge": "Merge",
}


@dataclass(frozen=True)
class Comment:
    """A comment; `kind` says who wrote it: agent, end_user or bot."""

    at: int
    author_id: int
    kind: str
    public: bool


@dataclass
class Life:
    """A ticket and its history.

    Attributes:
        schedule: the schedule of its group when it was created.
        policy: the SLA policy that it falls under, if any.
        audits: (instant, actor, channel, child events, merged tickets), oldest first.
        statuses: (instant, status), from the creation on.
        priorities: (instant, priority), from the creation on.
        rating: the instants and scores of its satisfaction rating.
    """

    ticket_id: int
    requester: User
    created: int
    channel: str
    schedule: Schedule
    policy: Policy | None
    state: dict[str, Any]
    submitter_id: int
    custom_fields: dict[int, Any] = field(default_factory=dict)
    audits: list[tuple[int, int, str, list[dict], list[int]]] = field(
        default_factory=list
    )
    comments: list[Comment] = field(default_factory=list)
    statuses: list[tuple[int, str]] = field(default_factory=list)
    priorities: list[tuple[int, str | None]] = field(default_factory=list)
    assignments: list[tuple[int, int]] = field(default_factory=list)
    groups: list[tuple[int, int]] = field(default_factory=list)
    rating: list[tuple[int, str]] = field(default_factory=list)
    rating_comment: str | None = None
    is_deleted: bool = False
    is_scrubbed: bool = False
    is_first_agents: bool = False
    source_rel: str | None = None
    custom_status_id: int | None = None
    generated: int = 0

    def create(self, *, kind: str = "end_user", public: bool = True) -> None:
        """Write the creation with its description."""
        children: list[dict] = [
            {"event_type": "Create", name: self.state[name]}
            for name in _CREATED_FIELDS
            if self.state.get(name) not in (None, [])
        ]
        children += [
            {"event_type": "Create", "custom_ticket_fields": {str(number): value}}
            for number, value in self.custom_fields.items()
            if value is not None
        ]
        author = self.submitter_id
        self._comment(children, self.created, author, kind, public=public)
        self.is_first_agents = kind != "end_user"
        self.audits.append((self.created, author, VIA[self.channel], children, []))
        self.statuses.append((self.created, self.state["status"]))
        self.priorities.append((self.created, self.state["priority"]))
        self.groups.append((self.created, self.state["group_id"]))
        if self.state["assignee_id"] is not None:
            self.assignments.append((self.created, self.state["assignee_id"]))
        self.generated = self.created

    def update(
        self,
        at: int,
        actor: int,
        *,
        comment: str | None = None,
        public: bool = True,
        via: str | None = None,
        merged: list[int] | None = None,
        **fields: Any,  # noqa: ANN401  a ticket's fields are of many types
    ) -> None:
        """Change fields and comment in one step.

        Args:
            at: when.
            actor: who; -1 is Zendesk itself.
            comment: who comments (agent, end_user, bot), if anybody does.
            public: whether the customer sees the comment.
            via: the channel, else the ticket's own for customers and the web for agents.
            merged: the tickets that were merged into this one.
            fields: the new values.
        """
        children: list[dict] = []
        for name, value in fields.items():
            before = self.state.get(name)
            if before == value:
                continue
            child = {"event_type": "Change", name: value, "previous_value": before}
            if name == "tags":
                old = before or []
                child["added_tags"] = [tag for tag in value if tag not in old]
                child["removed_tags"] = [tag for tag in old if tag not in value]
            children.append(child)
            self.state[name] = value
            self._note(at, name, value)
        if comment:
            self._comment(children, at, actor, comment, public=public)
        default = VIA[self.channel] if comment == "end_user" else VIA["web"]
        if actor == AUTOMATION:
            default = VIA["rule"]
        self.audits.append((at, actor, via or default, children, merged or []))
        self.generated = at

    def _note(self, at: int, name: str, value: Any) -> None:  # noqa: ANN401
        if name == "status":
            self.statuses.append((at, value))
        elif name == "priority":
            self.priorities.append((at, value))
        elif name == "assignee_id" and value is not None:
            self.assignments.append((at, value))
        elif name == "group_id":
            self.groups.append((at, value))

    def _comment(
        self, children: list[dict], at: int, author: int, kind: str, *, public: bool
    ) -> None:
        self.comments.append(Comment(at, author, kind, public))
        text = {"agent": "Thank you, we are on it.", "bot": "I found these articles."}
        children.append(
            {
                "event_type": "Comment",
                "author_id": author,
                "public": public,
                "body": text.get(kind, "Hello, please help me with this."),
            }
        )

    def rate(self, at: int, score: str, comment: str | None = None) -> None:
        """Offer the rating or change its score."""
        actor = AUTOMATION if score == "offered" else self.requester.user_id
        self.rating.append((at, score))
        self.rating_comment = comment
        self.update(at, actor, satisfaction_score=score)

    @property
    def status(self) -> str:
        """The present status."""
        return self.state["status"]

    def is_solved(self) -> bool:
        """Return whether nobody works on it any more."""
        return self.status in ("solved", "closed")

    def agents_comments(self) -> list[Comment]:
        """Return the public comments of agents, a description by one left out."""
        found = [one for one in self.comments if one.kind == "agent" and one.public]
        return [one for one in found if one is not self.comments[0]]


def new_state(
    *,
    subject: str,
    group_id: int,
    requester_id: int,
    organization_id: int | None,
    brand_id: int,
    priority: str | None,
    tags: list[str],
    assignee_id: int | None = None,
    status: str = "new",
    kind: str | None = "question",
) -> dict[str, Any]:
    """Return the fields of a new ticket."""
    return {
        "subject": subject,
        "status": status,
        "priority": priority,
        "type": kind,
        "group_id": group_id,
        "assignee_id": assignee_id,
        "requester_id": requester_id,
        "organization_id": organization_id,
        "brand_id": brand_id,
        "tags": tags,
        "ticket_form_id": FORM,
        "satisfaction_score": None,
    }
