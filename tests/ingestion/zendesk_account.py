"""A Zendesk account that a test writes, served in this process, and its warehouse."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings
from ingestion.sources import _zendesk_api

from .conftest import Server

TOKEN = "canary-zd-5c1e"
AS_OF = "2026-11-18T20:00:00Z"
LONG_AGO = "2026-03-01T10:00:00Z"
NEW = "2026-11-18T12:00:00Z"
CUSTOMER, AGENT, COLLEAGUE = 501, 401, 402


def seconds(instant: str) -> int:
    """Return an instant as epoch seconds."""
    return int(datetime.fromisoformat(instant).timestamp())


def ticket(ticket_id: int, changed: str = LONG_AGO, **more: Any) -> dict[str, Any]:
    """Return a ticket as the export has it."""
    return {
        "id": ticket_id,
        "created_at": LONG_AGO,
        "updated_at": changed,
        "generated_timestamp": seconds(changed),
        "type": "question",
        "subject": f"Ticket {ticket_id}",
        "priority": "normal",
        "status": "open",
        "requester_id": CUSTOMER,
        "submitter_id": CUSTOMER,
        "assignee_id": AGENT,
        "organization_id": None,
        "group_id": 31,
        "brand_id": 1,
        "tags": ["tea"],
        "custom_fields": [],
        "satisfaction_rating": {"score": "unoffered"},
        "via": {"channel": "email", "source": {"rel": None}},
        "metric_set": {"reopens": 0, "reply_time_in_minutes": {"calendar": 44}},
        **more,
    }


def event(
    event_id: int, ticket_id: int, at: str, *children: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Return an event of the export; children get ids of their own."""
    return {
        "id": event_id,
        "ticket_id": ticket_id,
        "timestamp": seconds(at),
        "created_at": at,
        "updater_id": AGENT,
        "via": "Web form",
        "event_type": "Audit",
        "merged_ticket_ids": [],
        "child_events": [
            {"id": event_id * 100 + number, **child}
            for number, child in enumerate(children)
        ],
        **more,
    }


def created(**fields: Any) -> list[dict[str, Any]]:
    """Return the child events of a creation."""
    return [{"event_type": "Create", name: value} for name, value in fields.items()]


def changed(field: str, before: object, after: object) -> dict[str, Any]:
    """Return the child event of a change."""
    return {"event_type": "Change", field: after, "previous_value": before}


def comment(author_id: int, *, public: bool = True) -> dict[str, Any]:
    """Return the child event of a comment."""
    return {
        "event_type": "Comment",
        "author_id": author_id,
        "public": public,
        "body": "secret words",
    }


def user(user_id: int, role: str = "end-user", **more: Any) -> dict[str, Any]:
    """Return a user."""
    return {
        "id": user_id,
        "name": f"User {user_id}",
        "email": f"user{user_id}@tea.example",
        "role": role,
        "active": True,
        "suspended": False,
        "updated_at": LONG_AGO,
        "created_at": LONG_AGO,
        **more,
    }


class Account:
    """A data directory that a test writes, and the warehouse it is loaded into."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse", sources="live", as_of=AS_OF
        )
        self.faults = ""
        self.as_of = AS_OF
        self.write("users", [user(CUSTOMER), user(AGENT, "agent")])

    def write(self, name: str, records: list[dict[str, Any]]) -> None:
        """Write one collection whole."""
        path = self.folder / "zendesk" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def write_tickets(self, count: int, at: str = LONG_AGO, **more: Any) -> None:
        """Write tickets 1 to `count` with an event each, a second apart."""
        instants = [
            datetime.fromtimestamp(seconds(at) + n, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for n in range(count)
        ]
        self.write(
            "tickets", [ticket(n + 1, instants[n], **more) for n in range(count)]
        )
        self.write(
            "ticket_events",
            [
                event(1_000 + n, n + 1, instants[n], *created(status="new"))
                for n in range(count)
            ],
        )

    def load(self, **settings: Any) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.serve()
        if settings:
            self.settings = self.settings.model_copy(update=settings)
        return load_vendor("zendesk", self.settings)

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        description = f'as_of = {self.as_of}\ntokens = ["{TOKEN}"]\n{self.faults}\n'
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_zendesk` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_zendesk")
            return connection.execute(query).fetchall()

    def asked(self, part: str) -> int:
        """Return how many requests of the last load had this in their path."""
        return sum(part in path for path in self.server.paths)


def open_account(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Account:
    """Return an account with two users whose API the environment names."""
    monkeypatch.setenv("SOURCES__ZENDESK__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__ZENDESK__ACCESS_TOKEN", TOKEN)
    monkeypatch.setattr(_zendesk_api.Pace, "LONGEST_SECONDS", 0.0)
    return Account(folder, server)
