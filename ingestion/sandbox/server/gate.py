"""What every endpoint of a vendor has around it: credentials, faults, error bodies.

A vendor says how it speaks in a `Dialect`; the mishaps of `[faults]` (see `faults`) are
then played alike for all of them.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.server.faults import CutResponse, Faults
from ingestion.sandbox.server.store import Store

Body = Any  # what a JSON body can be
HTML_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>proxy</body>"


class Refusal(Exception):
    """An answer that is an error: status, body and headers as the vendor sends them."""

    def __init__(
        self, status: int, body: Body, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(str(status))
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


class Answer:
    """An answer with a status or headers of its own."""

    def __init__(
        self, body: Body, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        self.body = body
        self.status = status
        self.headers = dict(headers or {})


Handler = Callable[[Request], Body | Answer | Response | Awaitable[Any]]


class Dialect(ABC):
    """How one vendor speaks; a vendor overrides what differs."""

    @abstractmethod
    def admit(self, request: Request) -> None:
        """Check the credentials and the limits of a request.

        Raises:
            Refusal: they are missing or wrong.
        """

    @abstractmethod
    def unauthorized(self) -> Refusal:
        """Return the answer to a token that was revoked."""

    @abstractmethod
    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a token without a permission."""

    @abstractmethod
    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many requests."""

    def server_error(self, status: int) -> Refusal:
        """Return the answer when the vendor itself fails."""
        return Refusal(status, {"message": "Internal error"})

    @abstractmethod
    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor that is no longer valid."""

    @abstractmethod
    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""

    def rows(self, body: Body) -> list | None:
        """Return the list of a page's rows, to be changed in place."""
        return body if isinstance(body, list) else None

    def owe(self, request: Request, body: Body) -> None:  # noqa: B027  few vendors do
        """Empty a page and let its cursor lead on to the rows that it owes."""

    def headers(self, request: Request) -> dict[str, str]:
        """Return the headers that every answer carries."""
        return {}

    def signed(self, request: Request, body: Body) -> Body:
        """Return the body of an error with what names the request in it."""
        return body


class Gate:
    """Lets a vendor's requests through to handlers and shapes what comes back."""

    def __init__(self, store: Store, dialect: Dialect) -> None:
        self._dialect = dialect
        self._faults = Faults(store.table("faults"))
        self._last_rows: dict[str, list] = {}

    def route(
        self,
        path: str,
        handler: Handler,
        *,
        methods: Sequence[str] = ("GET",),
        is_open: bool = False,
    ) -> Route:
        """Return the route of an endpoint.

        Args:
            path: the path, with Starlette's parameters.
            handler: returns the body, an Answer or a whole Response; raises Refusal.
            methods: GET, POST, ….
            is_open: whether it is answered without credentials (a token endpoint).
        """

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, handler, is_open=is_open)

        return Route(path, endpoint, methods=list(methods))

    async def _answer(
        self, request: Request, handler: Handler, *, is_open: bool
    ) -> Response:
        # Read here, so that neither handlers nor dialects need be coroutines.
        request.state.content = await request.body()
        has_cursor = bool(self._faults) and self._dialect.has_cursor(request)
        faults = self._faults.play(request.url.path, has_cursor=has_cursor)
        request.state.faults = faults
        headers = self._dialect.headers(request)
        if slow := faults.get("slow_page"):
            await asyncio.sleep(slow["seconds"])
        limit = faults.get("rate_limit")
        if "bad_gateway_page" in faults or (limit and limit["html"]):
            status = 429 if limit else 502
            return Response(HTML_PAGE, status, headers, media_type="text/html")
        try:
            self._admit(request, faults, is_open=is_open)
            found = handler(request)
            if isinstance(found, Awaitable):
                found = await found
            if isinstance(found, Response):
                return found
            answer = found if isinstance(found, Answer) else Answer(found)
            self._spoil_page(request, answer.body, faults)
            if "error_with_ok" in faults:
                failed = self._dialect.server_error(500)
                answer = Answer(self._dialect.signed(request, failed.body))
            status, body = answer.status, answer.body
            headers.update(answer.headers)
        except Refusal as refusal:
            status = refusal.status
            body = self._dialect.signed(request, refusal.body)
            headers.update(refusal.headers)
            for name in ("rate_limit", "server_error"):
                if (played := faults.get(name)) and played["retry_after"]:
                    headers["Retry-After"] = played["retry_after"]
        return _response(status, body, headers, faults)

    def _admit(self, request: Request, faults: dict, *, is_open: bool) -> None:
        if failed := faults.get("server_error"):
            raise self._dialect.server_error(failed["status"])
        if limit := faults.get("rate_limit"):
            raise self._dialect.rate_limited(limit["policy"])
        if not is_open:
            self._dialect.admit(request)
        if "revoked_token" in faults:
            raise self._dialect.unauthorized()
        if refused := faults.get("missing_scope"):
            raise self._dialect.forbidden(refused["scope"])
        if "expired_cursor" in faults:
            raise self._dialect.expired_cursor()

    def _spoil_page(self, request: Request, body: Body, faults: dict) -> None:
        """Play the faults that change the rows of a page."""
        rows = self._dialect.rows(body)
        if not self._faults or rows is None:
            return
        path = request.url.path
        before = self._last_rows.get(path, [])
        self._last_rows[path] = list(rows)
        if (twice := faults.get("duplicate_rows")) and rows:
            count = twice["rows"]
            rows[:0] = before[-count:] if twice["from_previous"] else rows[:count]
        if (lost := faults.get("missing_rows")) and rows:
            del rows[: lost["rows"] or len(rows)]
        if "empty_page" in faults and rows:
            self._dialect.owe(request, body)


def _response(status: int, body: Body, headers: dict, faults: dict) -> Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    kind = CutResponse if "cut_connection" in faults else Response
    if "truncated_body" in faults:
        content = content[: len(content) // 2]
    headers.setdefault("content-type", "application/json; charset=utf-8")
    return kind(content, status, headers)
