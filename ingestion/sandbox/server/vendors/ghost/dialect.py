"""How Ghost speaks: keys and tokens, error bodies, no limits on reading of its own."""

import time
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.vendors.ghost.keys import (
    BadTokenError,
    admin_key,
    check_token,
    content_key,
)
from ingestion.sandbox.server.window import Window

CONTENT_VERSION = "v6.65"


def refusal(
    status: int,
    kind: str,
    message: str,
    context: str | None = None,
    code: str | None = None,
) -> Refusal:
    """Return an error as Ghost writes it."""
    error = {
        "message": message,
        "context": context,
        "type": kind,
        "details": None,
        "property": None,
        "help": None,
        "code": code,
        "id": str(uuid5(NAMESPACE_URL, f"sandbox/{message}")),
        "ghostErrorCode": None,
    }
    return Refusal(status, {"errors": [error]})


def not_found(message: str, context: str | None = None) -> Refusal:
    """Return a 404."""
    return refusal(404, "NotFoundError", message, context)


def bad_request(message: str) -> Refusal:
    """Return a 400."""
    return refusal(400, "BadRequestError", "Request not understood error", message)


class _Ghost(Dialect):
    """What both APIs have in common.

    Ghost limits only logins; hosts limit the rest. `[limits.ghost]` of sandbox.toml
    plays one that answers 429 above `requests_per_minute`.
    """

    def __init__(self, store: Store) -> None:
        limits = checked_table(
            store.table("limits").get("ghost", {}),
            {"enforced": False, "requests_per_minute": 500},
            "limits.ghost",
        )
        self._window = None
        if limits["enforced"]:
            self._window = Window(60, limits["requests_per_minute"], time.monotonic)

    def _count(self) -> None:
        if self._window and not self._window.take():
            raise self.rate_limited("")

    def rate_limited(self, policy: str) -> Refusal:
        """Return a host's answer to too many requests."""
        return refusal(429, "TooManyRequestsError", "Too many requests")

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to an integration without the permission."""
        return refusal(
            403,
            "NoPermissionError",
            "Permission error, cannot browse.",
            f"API tokens do not have permission to access this endpoint ({scope}).",
        )

    def server_error(self, status: int) -> Refusal:
        """Return Ghost's own failure."""
        return refusal(status, "InternalServerError", "An unexpected error occurred")

    def expired_cursor(self) -> Refusal:
        """Return the answer to a filter that is no longer understood."""
        return bad_request("Error parsing filter")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return "id:>" in request.query_params.get("filter", "")

    def rows(self, body: Body) -> list | None:
        """Return the list in the envelope."""
        if not isinstance(body, dict):
            return None
        lists = [value for value in body.values() if isinstance(value, list)]
        return lists[0] if lists and "meta" in body else None

    def headers(self, request: Request) -> dict[str, str]:
        """Return the version that answers."""
        asked = "accept-version" in request.headers
        return {"Content-Version": CONTENT_VERSION} if asked else {}


class AdminApi(_Ghost):
    """The Admin API: a token signed with an integration's key."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        keys = [admin_key(token).partition(":") for token in store.tokens]
        self._secrets = {key_id: secret for key_id, _, secret in keys}

    def admit(self, request: Request) -> None:
        """Check the token."""
        self._count()
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Ghost" or not token:
            raise refusal(403, "NoPermissionError", "Authorization failed")
        try:
            check_token(token.strip(), self._secrets, time.time())
        except BadTokenError as error:
            if str(error) == "Unknown Admin API Key":
                raise self.unauthorized() from None
            raise refusal(
                401,
                "UnauthorizedError",
                f"Invalid token: {error}",
                code="INVALID_JWT",
            ) from None

    def unauthorized(self) -> Refusal:
        """Return the answer to a key that was deleted."""
        return refusal(
            401,
            "UnauthorizedError",
            "Unknown Admin API Key",
            code="UNKNOWN_ADMIN_API_KEY",
        )


class ContentApi(_Ghost):
    """The Content API: a key in the query, published content only."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._keys = {content_key(token) for token in store.tokens}

    def admit(self, request: Request) -> None:
        """Check the key."""
        self._count()
        key = request.query_params.get("key")
        if not key:
            raise refusal(403, "NoPermissionError", "Authorization failed")
        if key not in self._keys:
            raise self.unauthorized()

    def unauthorized(self) -> Refusal:
        """Return the answer to a key that is unknown."""
        return refusal(
            401,
            "UnauthorizedError",
            "Unknown Content API Key",
            code="UNKNOWN_CONTENT_API_KEY",
        )
