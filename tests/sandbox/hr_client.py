"""A client of one application without a socket: one request, one answer."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from ingestion.sandbox.server.app import build_app


class Client:
    """Sends requests below a path of an application over a data directory."""

    def __init__(self, folder: Path, below: str) -> None:
        self._app = build_app(folder)
        self._below = below
        self.auth: tuple[str, str] | None = None
        self.headers: dict[str, str] = {}

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Send a GET."""
        return self.send("GET", path, **more)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request; headers and credentials of the call win."""
        headers = {**self.headers, **more.pop("headers", {})}
        auth = more.pop("auth", self.auth)

        async def answer() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://sandbox"
            ) as client:
                return await client.request(
                    method, f"{self._below}{path}", headers=headers, auth=auth, **more
                )

        return asyncio.run(answer())
