"""How Intercom speaks: token, version, limits, error bodies.

`[limits.intercom]`: `enforced` (default false), `per_ten_seconds` (1,667, that is 10,000
a minute), `scroll_idle_seconds` (60.0; see `companies`).
"""

import math
import time
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.window import Window

LIMITS = {"enforced": False, "per_ten_seconds": 1_667, "scroll_idle_seconds": 60.0}
# What an app that sends no Intercom-Version gets: the version that it was made with.
DEFAULT_VERSION = "2.16"
VERSIONS = (
    *(f"1.{minor}" for minor in range(5)),
    *(f"2.{minor}" for minor in range(17)),
)
_LISTS = ("conversations", "data", "admins", "teams")


def limits_of(store: Store) -> dict[str, Any]:
    """Return `[limits.intercom]` with its defaults."""
    table = store.table("limits").get("intercom", {})
    return checked_table(table, LIMITS, "limits.intercom")


def refusal(status: int, code: str, message: str) -> Refusal:
    """Return an answer that is an error, as Intercom words it."""
    request_id = str(uuid5(NAMESPACE_URL, f"sandbox/{status}/{code}/{message}"))
    errors = [{"code": code, "message": message}]
    return Refusal(
        status, {"type": "error.list", "request_id": request_id, "errors": errors}
    )


def invalid(message: str) -> Refusal:
    """Return the answer to a parameter that cannot be."""
    return refusal(400, "parameter_invalid", message)


def not_found(message: str = "Resource Not Found") -> Refusal:
    """Return the answer to an id that nobody has."""
    return refusal(404, "not_found", message)


def require_version(request: Request, least: int) -> None:
    """Check that the request's version 2.x has the resource.

    Raises:
        Refusal: it is older.
    """
    major, _, minor = _version(request).partition(".")
    if int(major) < 2 or int(minor) < least:
        message = "Requested resource is not available in current API version."
        raise refusal(400, "intercom_version_invalid", message)


def _version(request: Request) -> str:
    return request.headers.get("intercom-version") or DEFAULT_VERSION


class IntercomDialect(Dialect):
    """Intercom's way to say yes and no."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._tokens = set(store.tokens)
        limits = limits_of(store)
        self._enforced = limits["enforced"]
        self._window = Window(10, limits["per_ten_seconds"], clock)
        self._wall_clock = wall_clock

    def admit(self, request: Request) -> None:
        """Check limit, token and version of a request.

        Raises:
            Refusal: one of them does not pass.
        """
        if not self._window.take() and self._enforced:
            raise self.rate_limited("")
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or token.strip() not in self._tokens:
            raise self.unauthorized()
        if _version(request) not in VERSIONS:
            message = f"The requested version {_version(request)} could not be found"
            raise refusal(400, "intercom_version_invalid", message)

    def unauthorized(self) -> Refusal:
        """Return the answer to a token that is unknown or was revoked."""
        return refusal(401, "unauthorized", "Access Token Invalid")

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to an app without a permission: a 401 as well."""
        message = f"Not authorized to access resource ({scope})"
        return refusal(401, "token_unauthorized", message)

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many requests; it has no Retry-After."""
        message = f"Exceeded rate limit of {self._window.most} in 10_seconds"
        refused = refusal(429, "rate_limit_exceeded", message)
        refused.headers["X-RateLimit-Remaining"] = "0"
        return refused

    def server_error(self, status: int) -> Refusal:
        """Return the answer when Intercom itself fails."""
        message = (
            "Request failed due to an internal network error. Please restart the "
            "scroll operation."
        )
        return refusal(status, "server_error", message)

    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor that is no longer valid."""
        return invalid("The cursor starting_after is invalid or has expired")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        query = request.query_params
        return (
            "starting_after" in query
            or "scroll_param" in query
            or query.get("page", "1") != "1"
            or b'"starting_after"' in request.state.content
        )

    def rows(self, body: Body) -> list | None:
        """Return the records of a list, or the parts of a conversation."""
        if not isinstance(body, dict):
            return None
        parts = body.get("conversation_parts")
        if isinstance(parts, dict):
            return parts["conversation_parts"]
        found = [body[name] for name in _LISTS if isinstance(body.get(name), list)]
        return found[0] if found else None

    def headers(self, request: Request) -> dict[str, str]:
        """Return what is left of the ten seconds, and when the next begin."""
        now = self._wall_clock()
        return {
            "Intercom-Version": _version(request),
            "X-RateLimit-Limit": str(self._window.most),
            # This request is about to be counted.
            "X-RateLimit-Remaining": str(max(self._window.remaining() - 1, 0)),
            "X-RateLimit-Reset": str(math.ceil((now + 1) / 10) * 10),
        }
