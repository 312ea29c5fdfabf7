"""An API that answers what a test has written down, in that order."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

Answer = tuple[int, Any] | tuple[int, Any, dict[str, str]]


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class ScriptedApi:
    """An ASGI application: each path has its answers, and the last one stays.

    Attributes:
        answers: path to answers, each a status, a body (bytes as they are, else JSON)
            and perhaps headers.
        asked: the requests so far.
        pause: seconds before each answer, or before its last byte.
        pauses_in_body: whether the pause comes before the last byte.
    """

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    pause: float = 0.0
    pauses_in_body: bool = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode())
        self.asked.append(
            Asked(
                scope["method"],
                scope["path"],
                {name: values[-1] for name, values in query.items()},
                headers,
                (await receive()).get("body", b""),
            )
        )
        script = self.answers.get(scope["path"], [(404, {"message": "no such path"})])
        status, body, *more = script.pop(0) if len(script) > 1 else script[0]
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        said = {"content-length": str(len(content)), **(more[0] if more else {})}
        start = {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), text.encode()) for name, text in said.items()],
        }
        if not self.pauses_in_body:
            await asyncio.sleep(self.pause)
        await send(start)
        begun = {"type": "http.response.body", "body": content[:-1], "more_body": True}
        await send(begun)
        if self.pauses_in_body:
            await asyncio.sleep(self.pause)
        await send({"type": "http.response.body", "body": content[-1:]})

    def paths(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [one.path for one in self.asked]
