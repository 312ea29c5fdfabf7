"""Data directories written by hand, and the sandbox's server over them."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingestion.sandbox.process import running_sandbox
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings

MakeData = Callable[..., Path]


def write_data(
    folder: Path, files: dict[str, list[dict[str, Any]]], description: str = ""
) -> Path:
    """Write `{"hubspot/deals": [rows]}` as a data directory and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        path = folder / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    if description:
        (folder / "sandbox.toml").write_text(description, "utf-8")
    return folder


def crm_object(identifier: int | str, **more: Any) -> dict[str, Any]:
    """Return a CRM object as HubSpot's list endpoint does; properties by name."""
    fields = {
        name: more.pop(name)
        for name in ("archived", "archivedAt", "associations", "propertiesWithHistory")
        if name in more
    }
    changed = more.get("hs_lastmodifieddate", "2026-11-01T00:00:00.000Z")
    return {
        "id": str(identifier),
        "properties": more,
        "createdAt": "2026-01-01T00:00:00.000Z",
        "updatedAt": changed,
        "archived": False,
        **fields,
    }


def sandbox_settings(warehouse: Path, folder: Path) -> Settings:
    """Return the settings of a run that reads a data directory."""
    return Settings(warehouse_dir=warehouse, sandbox_data=folder, _env_file=None)


class Api:
    """The application without a socket: one request, one answer."""

    def __init__(self, folder: Path, token: str = "sandbox-token") -> None:
        self.app = build_app(folder)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **params: Any) -> httpx.Response:
        """Send a GET."""
        return self._send("GET", path, params=params or None)

    def post(self, path: str, body: Any) -> httpx.Response:
        """Send a POST with a JSON body, or with raw bytes."""
        if isinstance(body, bytes):
            return self._send("POST", path, content=body)
        return self._send("POST", path, json=body)

    def search(self, kind: str, *filters: dict[str, Any], **more: Any) -> Any:
        """Search and return the body."""
        groups = [{"filters": list(filters)}] if filters else []
        path = f"/crm/objects/2026-09/{kind}/search"
        return self.post(path, {"filterGroups": groups, **more}).json()

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://sandbox", headers=self.headers
            ) as client:
                return await client.request(method, path, **more)

        return asyncio.run(send())


@pytest.fixture
def make_api(tmp_path: Path) -> Callable[..., Api]:
    """Return a function that writes rows and returns the API over them."""

    def make(
        files: dict[str, list[dict[str, Any]]] | None = None,
        description: str = "",
        token: str = "sandbox-token",
    ) -> Api:
        folder = write_data(tmp_path / "data", files or {}, description)
        return Api(folder, token)

    return make


@pytest.fixture
def make_data(tmp_path: Path) -> MakeData:
    """Return a function that writes rows and returns their directory."""

    def make(
        files: dict[str, list[dict[str, Any]]] | None = None, description: str = ""
    ) -> Path:
        return write_data(tmp_path / "data", files or {}, description)

    return make


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    """Return the function that builds a CRM object."""
    return crm_object


@pytest.fixture
def api_over() -> type[Api]:
    """Return what builds the API over a directory that exists."""
    return Api


@pytest.fixture
def serving(make_data: MakeData, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Return a function that writes rows, serves them and returns the address."""
    with ExitStack() as stack:

        def serve(files: dict[str, list[dict[str, Any]]], description: str = "") -> str:
            folder = make_data(files, description)
            settings = sandbox_settings(tmp_path, folder)
            variables = stack.enter_context(running_sandbox(settings))
            return variables["SOURCES__HUBSPOT__BASE_URL"]

        yield serve
