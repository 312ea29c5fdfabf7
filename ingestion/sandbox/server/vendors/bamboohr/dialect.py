"""How BambooHR speaks: Basic auth with the key as user, errors in a header."""

import base64
import binascii
from time import monotonic

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.window import Window

LIMITS = {"enforced": False, "per_ten_seconds": 200}
XML = b'<?xml version="1.0"?><error>the sandbox answers JSON: ask for it</error>'


def error(status: int, message: str, **headers: str) -> Refusal:
    """Return an error as BambooHR sends it: words in a header, an empty body."""
    return Refusal(status, b"", {"X-BambooHR-Error-Message": message, **headers})


def list_error(code: str, message: str) -> Refusal:
    """Return an error of the list of employees, the one with a body."""
    return Refusal(400, {"error": {"code": code, "message": message}})


class BambooDialect(Dialect):
    """BambooHR's manners."""

    def __init__(self, store: Store) -> None:
        self._tokens = store.tokens
        table = store.table("limits").get("bamboohr", {})
        known = checked_table(table, LIMITS, "limits.bamboohr")
        self._enforced = known["enforced"]
        self._window = Window(10, known["per_ten_seconds"], monotonic)

    def admit(self, request: Request) -> None:
        """Check key, limit and the wish for JSON."""
        scheme, _, packed = request.headers.get("Authorization", "").partition(" ")
        try:
            key = base64.b64decode(packed).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
        if scheme.lower() != "basic" or key not in self._tokens:
            raise self.unauthorized()
        if not self._window.take() and self._enforced:
            raise self.rate_limited("")
        # Without the header the API answers XML, which nobody here writes.
        if "json" not in request.headers.get("Accept", ""):
            raise Refusal(200, XML, {"content-type": "application/xml"})

    def unauthorized(self) -> Refusal:
        """Return the answer to a key that is no longer valid."""
        return error(401, "Invalid API key")

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a key whose user lacks a permission."""
        return error(403, "You do not have access to this resource")

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many requests, since September 2026 a 429."""
        return error(429, "Over rate limit", **{"Retry-After": "10"})

    def server_error(self, status: int) -> Refusal:
        """Return the answer when BambooHR itself fails."""
        return Refusal(
            status,
            {"error": {"code": status, "message": "Service unavailable"}},
            {"X-BambooHR-Error-Message": "Service unavailable"},
        )

    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor whose employee is gone."""
        return list_error("BadPage", "The page cursor is no longer valid")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return "page[after]" in request.query_params

    def rows(self, body: Body) -> list | None:
        """Return the rows of a page; what comes whole loses and repeats none."""
        return body.get("data") if isinstance(body, dict) else None

    def headers(self, request: Request) -> dict[str, str]:
        """Return the headers that every answer carries."""
        return {"x-bamboohr-request-id": "sandbox"}
