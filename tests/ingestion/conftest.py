"""Portals written by hand, served by the sandbox in this process, and loaded."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import uvicorn

from ingestion.load import LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings
from ingestion.sources import _hubspot_api

TOKEN = "canary-7f3a91"
AS_OF = "2026-11-18T20:00:00Z"
LONG_AGO = "2026-03-01T10:00:00.000Z"


def crm_object(record_id: int | str, **more: Any) -> dict[str, Any]:
    """Return a CRM object as HubSpot lists it: properties by name, or its own fields."""
    own = ("archived", "archivedAt", "propertiesWithHistory", "createdAt")
    fields = {name: more.pop(name) for name in own if name in more}
    modified = more.pop("modified", LONG_AGO)
    properties = {
        "hs_lastmodifieddate": modified,
        "lastmodifieddate": modified,
        "hs_object_id": str(record_id),
        **more,
    }
    return {
        "id": str(record_id),
        "properties": properties,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": modified,
        "archived": False,
        **fields,
    }


def associated(from_id: int | str, *to_ids: int | str, type_id: int = 3) -> dict:
    """Return one element of an associations batch read."""
    kind = {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": None}
    to = [{"toObjectId": str(to_id), "associationTypes": [kind]} for to_id in to_ids]
    return {"from": {"id": str(from_id)}, "to": to}


class Server:
    """One HTTP server for all tests; each test sets the application it serves."""

    def __init__(self) -> None:
        self.app: Callable[..., Any] | None = None
        self.paths: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            self._answer,
            interface="asgi3",
            log_level="error",
            lifespan="off",
            access_log=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._socket],), daemon=True
        )
        self._thread.start()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        self.paths.append(f"{scope['method']} {scope['path']}")
        assert self.app is not None
        await self.app(scope, receive, send)

    def stop(self) -> None:
        """Stop and wait for the thread."""
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Start the one server."""
    running = Server()
    yield running
    running.stop()


class Portal:
    """A data directory that a test writes, and the warehouse it is loaded into."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse", sources="live", as_of=AS_OF
        )
        self.faults = ""

    def write(self, name: str, records: list[dict[str, Any]]) -> None:
        """Write one collection whole."""
        path = self.folder / "hubspot" / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def load(self, **settings: Any) -> LoadResult:
        """Serve the directory as it is now and load it."""
        self.serve()
        if settings:
            self.settings = self.settings.model_copy(update=settings)
        return load_vendor("hubspot", self.settings)

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        description = (
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n[faults]\n{self.faults}\n'
        )
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_hubspot` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_hubspot")
            return connection.execute(query).fetchall()


@pytest.fixture(autouse=True)
def _quick_and_contained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Wait for nobody, and keep dlt's own files in the test's directory."""
    monkeypatch.setenv("RUNTIME__REQUEST_BACKOFF_FACTOR", "0")
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_RETRY_DELAY", "0")
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    monkeypatch.setattr(_hubspot_api.Pace, "SEARCHES_PER_SECOND", 10_000)


@pytest.fixture
def portal(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Portal:
    """Return an empty portal whose API the environment names."""
    monkeypatch.setenv("SOURCES__HUBSPOT__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", TOKEN)
    return Portal(tmp_path, server)
