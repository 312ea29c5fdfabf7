"""What a bad day makes of JSON: wrong types, missing keys, cut, repeated, refused.

Everything follows from one `random.Random`: the same seed, the same mishaps.
"""

import json
import random
from collections.abc import Callable
from typing import Any

# What no field expects: types, sizes, dates that do not exist, text of both directions.
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**40, -(10**25), 2**63, float("nan")),
    *(float("inf"), "", " ", "N/A", "1,200", "1e999", "9" * 400, "\x00", "null"),
    *("\u202eabc\u202c", "۱۴۰۵/۰۸/۲۰", "مشتری\u200cها", "\ud83d", "🙂" * 50),
    *("2026-02-30", "0000-00-00", "2026-11-18T25:00:00Z", "99999-01-01", -62135596801),
    *([], {}, [[]], [None], {"": None}, {"id": {"id": 1}}, ["a", 1, {}]),
)
ERRORS_IN_A_SUCCESS: tuple[Any, ...] = (
    *({"status": "error", "message": "internal"}, {"errors": [{"code": 1}]}, {}, []),
    *(None, "ok", 0, {"error": {"message": "try later", "code": 2}}),
)


def odd_value(rng: random.Random) -> Any:
    """Return something that no field expects."""
    return rng.choice(ODD_VALUES)


def spoiled(rng: random.Random, body: Any) -> Any:
    """Return a JSON value after one to three mishaps in its depths; it is changed."""
    for _ in range(rng.randint(1, 3)):
        places = list(_places(body))
        if not places:
            return odd_value(rng)
        holder, key = rng.choice(places)
        mishap = rng.randrange(4)
        if mishap == 0:
            del holder[key]
        elif mishap == 1 and isinstance(holder, list):
            holder.insert(key, holder[key])
        else:
            holder[key] = odd_value(rng)
    return body


def _places(value: Any) -> Any:
    """Yield holder and key of everything inside the value."""
    keys: Any = ()
    if isinstance(value, dict):
        keys = list(value)
    elif isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield value, key
        yield from _places(value[key])


def spoiled_line(rng: random.Random, line: bytes) -> bytes:
    """Return a line of JSON after a mishap; it stays one line."""
    if rng.random() < 0.2:
        cut = line[: rng.randrange(len(line) + 1)]
        return cut + rng.choice([b"", b"\xff\xfe", b"}", b"]]"])
    return json.dumps(spoiled(rng, json.loads(line))).encode()


class SpoilingApi:
    """An ASGI application whose answers are those of another one, often spoiled.

    Attributes:
        app: the application that answers well.
        rate: the share of answers that are spoiled.
        answered: how many answers were given.
        spoiled: how many of them were spoiled.
    """

    def __init__(self, app: Callable[..., Any], rng: random.Random) -> None:
        self.app = app
        self.rate = 0.0
        self.answered = 0
        self.spoiled = 0
        self._rng = rng
        self._storm = 0
        self._last: dict[str, bytes] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        said: list[dict[str, Any]] = []

        async def keep(message: dict[str, Any]) -> None:
            said.append(message)

        await self.app(scope, receive, keep)
        status = said[0]["status"]
        content = b"".join(message.get("body", b"") for message in said[1:])
        headers = [
            pair for pair in said[0].get("headers", []) if pair[0] != b"content-length"
        ]
        self.answered += 1
        former = self._last.get(scope["path"], content)
        self._last[scope["path"]] = content
        if self._storm or self._rng.random() < self.rate:
            self.spoiled += 1
            status, content = self._spoil(status, content, former)
        headers.append((b"content-length", str(len(content)).encode()))
        await send(
            {"type": "http.response.start", "status": status, "headers": headers}
        )
        await send({"type": "http.response.body", "body": content})

    def calm(self) -> None:
        """End all mishaps."""
        self.rate, self._storm = 0.0, 0

    def _spoil(self, status: int, content: bytes, former: bytes) -> tuple[int, bytes]:
        if self._storm:
            self._storm -= 1
            return 429, b'{"message": "too many requests"}'
        mishap = self._rng.randrange(12)
        if mishap == 0:
            # dlt asks five times: some storms are longer.
            self._storm = self._rng.randrange(7)
            return 429, b"<html>slow down</html>"
        if mishap == 1:
            return self._rng.choice([500, 502, 503]), b'{"message": "down"}'
        if mishap == 2:
            error = self._rng.choice(ERRORS_IN_A_SUCCESS)
            return 200, json.dumps(error).encode()
        if mishap == 3:
            return status, content[: self._rng.randrange(len(content) + 1)]
        if mishap == 4:
            return status, former
        try:
            body = json.loads(content)
        except ValueError:
            return status, content[::-1]
        return status, json.dumps(spoiled(self._rng, body)).encode()
