"""Sites of WordPress and Ghost written by hand, served by the sandbox, and loaded."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.sandbox.server.vendors.ghost.keys import admin_key
from ingestion.settings import Settings

from .conftest import AS_OF, TOKEN, Server

LONG_AGO = "2026-03-01T10:00:00"


class ContentSite:
    """A site of one vendor: its data directory, and the warehouse it is loaded into."""

    def __init__(
        self,
        vendor: str,
        folder: Path,
        server: Server,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.vendor = vendor
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse", sources="live", as_of=AS_OF
        )
        self.faults = ""
        self.description = ""
        prefix = f"SOURCES__{vendor.upper()}__"
        monkeypatch.setenv(f"{prefix}BASE_URL", server.url)
        if vendor == "wordpress":
            monkeypatch.setenv(f"{prefix}USERNAME", "sandbox")
            monkeypatch.setenv(f"{prefix}APPLICATION_PASSWORD", TOKEN)
        else:
            monkeypatch.setenv(f"{prefix}ADMIN_API_KEY", admin_key(TOKEN))

    def write(self, name: str, *records: dict[str, Any]) -> None:
        """Write one collection whole."""
        path = self.folder / self.vendor / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def load(self, **settings: Any) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "sandbox.toml").write_text(
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n{self.description}\n'
            f"[faults]\n{self.faults}\n",
            "utf-8",
        )
        self.server.app = build_app(self.folder)
        self.server.paths.clear()
        return load_vendor(
            self.vendor,
            self.settings.model_copy(update=settings) if settings else self.settings,
        )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with the vendor's raw schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute(f"set TimeZone = 'UTC'; use raw_{self.vendor}")
            return connection.execute(query).fetchall()


def post(number: int, *, modified: str = LONG_AGO, **more: Any) -> dict[str, Any]:
    """Return a post of WordPress as an editor sees it; the site is in UTC."""
    return {
        "id": number,
        "date": LONG_AGO,
        "date_gmt": LONG_AGO,
        "modified": modified,
        "modified_gmt": modified,
        "slug": f"post-{number}",
        "status": "publish",
        "type": "post",
        "link": f"https://blog.example/post-{number}/",
        "title": {"raw": f"Post {number}", "rendered": f"Post {number}"},
        "content": {"raw": "x", "rendered": "<p>Ein Wort</p>", "protected": False},
        "author": 2,
        "meta": [],
        "categories": [1],
        "tags": [],
        **more,
    }


def comment(number: int, status: str = "approved", **more: Any) -> dict[str, Any]:
    """Return a comment of WordPress as a moderator sees it."""
    return {
        "id": number,
        "post": 1,
        "parent": 0,
        "author": 0,
        "author_name": "Lea",
        "author_email": "lea@post.example",
        "author_ip": "203.0.113.7",
        "date": LONG_AGO,
        "date_gmt": LONG_AGO,
        "content": {"raw": "Danke", "rendered": "<p>Danke</p>"},
        "status": status,
        "type": "comment",
        **more,
    }


def object_id(number: int) -> str:
    """Return an id of Ghost's form."""
    return f"{number:024x}"


def letter(number: int, **more: Any) -> dict[str, Any]:
    """Return a post of Ghost."""
    return {
        "id": object_id(number),
        "uuid": f"uuid-{number}",
        "title": f"Letter {number}",
        "slug": f"letter-{number}",
        "html": "<p>Zwei Wörter</p>",
        "status": "published",
        "visibility": "public",
        "created_at": f"{LONG_AGO}.000Z",
        "updated_at": f"{LONG_AGO}.000Z",
        "published_at": f"{LONG_AGO}.000Z",
        "tags": [],
        "authors": [],
        "count": {"clicks": 0, "positive_feedback": 0, "negative_feedback": 0},
        "email": None,
        "newsletter": None,
        **more,
    }


def member(number: int, **more: Any) -> dict[str, Any]:
    """Return a member of Ghost."""
    return {
        "id": object_id(number),
        "uuid": f"uuid-{number}",
        "email": f"leser{number}@post.example",
        "name": f"Leser {number}",
        "status": "free",
        "subscribed": True,
        "created_at": f"{LONG_AGO}.000Z",
        "updated_at": f"{LONG_AGO}.000Z",
        "labels": [],
        "newsletters": [{"id": object_id(7), "name": "Briefe"}],
        **more,
    }


def event(
    kind: str, number: int, moment: str = LONG_AGO, **data: Any
) -> dict[str, Any]:
    """Return an event of a member of Ghost, as the activity feed has it."""
    return {
        "type": kind,
        "data": {
            "id": object_id(number),
            "member_id": object_id(number),
            "created_at": f"{moment}.000Z",
            **data,
        },
    }
