"""How Google Ads speaks: bearer tokens, quotas, errors in lists for streams.

`[limits.google_ads]` of sandbox.toml: `enforced` (default false),
`operations_per_minute` (600), `operations_per_day` (15,000, the level Basic) and
`token_seconds` (3,599; always in force).
"""

import time

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.vendors.google_ads.errors import (
    is_stream,
    refusal,
    request_error,
)
from ingestion.sandbox.server.vendors.google_ads.tokens import Tokens
from ingestion.sandbox.server.window import Window

LIMITS = {
    "enforced": False,
    "operations_per_minute": 600,
    "operations_per_day": 15_000,
    "token_seconds": 3_599,
}
_TEMPORARILY = "RESOURCE_TEMPORARILY_EXHAUSTED"
_DAILY = "RESOURCE_EXHAUSTED"


class GoogleAds(Dialect):
    """The API as it answers a login with the sandbox's tokens."""

    def __init__(self, store: Store) -> None:
        limits = checked_table(
            store.table("limits").get("google_ads", {}), LIMITS, "limits.google_ads"
        )
        self.tokens = Tokens(store.tokens, limits["token_seconds"])
        self._is_enforced = limits["enforced"]
        clock = time.monotonic
        self._minute = Window(60, limits["operations_per_minute"], clock)
        self._day = Window(86_400, limits["operations_per_day"], clock)
        self._requests = 0

    def admit(self, request: Request) -> None:
        """Check the access token and the quota."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise refusal(401)
        state = self.tokens.state(token)
        if state != "good":
            code = (
                "OAUTH_TOKEN_EXPIRED" if state == "expired" else "OAUTH_TOKEN_INVALID"
            )
            message = f"Process of parsing OAuth token failed: the token is {state}."
            raise refusal(401, "authenticationError", code, message)
        if self._is_enforced and not self._day.take():
            raise self.rate_limited(_DAILY)
        if self._is_enforced and not self._minute.take():
            raise self.rate_limited(_TEMPORARILY)

    def unauthorized(self) -> Refusal:
        """Return the answer to a token that was revoked."""
        message = "User revoked the token."
        return refusal(401, "authenticationError", "OAUTH_TOKEN_REVOKED", message)

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a user who may not see the account."""
        message = (
            "User doesn't have permission to access customer. Note: If you're accessing "
            "a client customer, the manager's customer id must be set in the "
            "'login-customer-id' header."
        )
        return refusal(403, "authorizationError", "USER_PERMISSION_DENIED", message)

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many operations: of a day, else of a moment."""
        is_daily = policy == _DAILY
        seconds = 3_600 if is_daily else 30
        quota = {
            "rateScope": "DEVELOPER",
            "rateName": "Number of operations for basic access",
            "retryDelay": f"{seconds}s",
        }
        return refusal(
            429,
            "quotaError",
            _DAILY if is_daily else _TEMPORARILY,
            f"Too many requests. Retry in {seconds} seconds.",
            {"quotaErrorDetails": quota},
        )

    def server_error(self, status: int) -> Refusal:
        """Return the answer when Google itself fails."""
        code = {504: "DEADLINE_EXCEEDED", 503: "TRANSIENT_ERROR"}
        message = "An internal error has occurred."
        return refusal(
            status, "internalError", code.get(status, "INTERNAL_ERROR"), message
        )

    def expired_cursor(self) -> Refusal:
        """Return the answer to a page token that is no longer valid."""
        return request_error("EXPIRED_PAGE_TOKEN", "The page token has expired.")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return b'"pageToken"' in getattr(request.state, "content", b"")

    def rows(self, body: Body) -> list | None:
        """Return the results of a page or of a stream's first batch."""
        answer = body[0] if isinstance(body, list) and body else body
        return answer.get("results") if isinstance(answer, dict) else None

    def headers(self, request: Request) -> dict[str, str]:
        """Return the request's id; notes whether a stream was asked for."""
        is_stream.set(request.url.path.endswith(":searchStream"))
        self._requests += 1
        return {"request-id": f"sandbox-{self._requests}"}
