"""An Intercom workspace written by hand, served by the sandbox, and loaded."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings
from ingestion.sources._intercom_api import SCROLL_IDLE_SECONDS

from .conftest import AS_OF, TOKEN, Server


def at(text: str) -> int:
    """Return an instant in UTC as Intercom says it."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


LONG_AGO = at("2026-03-01T10:00:00")
NEW = at("2026-11-18T12:00:00")


def part(part_id: int, kind: str, moment: int, author: str = "admin:7", **more: Any):
    """Return a part of a conversation; `to` is `admin:7`, `team:5` or None."""
    author_type, _, author_id = author.partition(":")
    to = more.pop("to", None)
    return {
        "type": "conversation_part",
        "id": str(part_id),
        "part_type": kind,
        "body": None,
        "created_at": moment,
        "updated_at": moment,
        "author": {"type": author_type, "id": author_id, "name": f"Name {author_id}"},
        "assigned_to": dict(zip(("type", "id"), to.split(":"), strict=True))
        if to
        else None,
        **more,
    }


def conversation(number: int, *parts: dict, updated: int = LONG_AGO, **more: Any):
    """Return a conversation with its parts, as the data directory holds it."""
    return {
        "type": "conversation",
        "id": str(number),
        "title": None,
        "created_at": LONG_AGO,
        "updated_at": updated,
        "open": True,
        "state": "open",
        "priority": "none",
        "admin_assignee_id": 0,
        "team_assignee_id": 0,
        "source": {
            "type": "conversation",
            "id": str(900 + number),
            "delivered_as": "customer_initiated",
            "subject": "",
            "author": {"type": "user", "id": "c1", "name": "Lea"},
        },
        "contacts": {"type": "contact.list", "contacts": [{"id": "c1"}]},
        "tags": {"type": "tag.list", "tags": []},
        "conversation_rating": None,
        "sla_applied": None,
        "statistics": None,
        "conversation_parts": {
            "type": "conversation_part.list",
            "conversation_parts": list(parts),
            "total_count": more.pop("total_count", len(parts)),
        },
        **more,
    }


def contact(contact_id: str, updated: int = LONG_AGO, **more: Any) -> dict[str, Any]:
    """Return a contact."""
    return {
        "type": "contact",
        "id": contact_id,
        "role": "user",
        "email": f"{contact_id}@post.example",
        "name": contact_id,
        "created_at": LONG_AGO,
        "updated_at": updated,
        **more,
    }


def admin(number: int) -> dict[str, Any]:
    """Return a teammate."""
    return {"type": "admin", "id": str(number), "name": f"Name {number}"}


def company(number: int) -> dict[str, Any]:
    """Return a company."""
    return {
        "type": "company",
        "id": f"k{number}",
        "company_id": str(number),
        "name": f"Company {number}",
        "website": f"https://www.firma{number}.example/",
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }


class Workspace:
    """A data directory that a test writes, and the warehouse it is loaded into."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse", sources="live", as_of=AS_OF
        )
        self.faults = ""
        self.limits = "scroll_idle_seconds = 3600.0"
        self.waits: list[float] = []

    def write(self, name: str, records: list[dict[str, Any]]) -> None:
        """Write one collection whole."""
        path = self.folder / "intercom" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        description = (
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n[faults]\n{self.faults}\n'
            f"[limits.intercom]\n{self.limits}\n"
        )
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def wait(self, seconds: float) -> None:
        """Stand in for a wait: an enforced limit or an open scroll begins anew."""
        self.waits.append(seconds)
        if "enforced" in self.limits or seconds == SCROLL_IDLE_SECONDS:
            self.faults = ""
            self.serve()

    def load(self, *, read_all: bool = False) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.serve()
        return load_vendor("intercom", self.settings, read_all=read_all)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_intercom` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_intercom")
            return connection.execute(query).fetchall()


def results(load: LoadResult) -> dict[str, Any]:
    """Return the load's tables by name."""
    return {table.table: table for table in load.tables}
