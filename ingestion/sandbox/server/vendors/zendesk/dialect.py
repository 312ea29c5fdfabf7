"""Zendesk's credentials, limits and error bodies around every endpoint.

`[limits.zendesk]`: `enforced` (default false), `per_minute` (700), `exports_per_minute`
(10, of all incremental exports together), `token_seconds` (1,800: how long a token of
the OAuth endpoint lives). Without enforcement the headers always leave one request.
"""

import base64
import binascii
import hashlib
from math import ceil
from time import monotonic
from typing import Any

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.vendors.zendesk import errors
from ingestion.sandbox.server.window import Window

DEFAULTS: dict[str, Any] = {
    "enforced": False,
    "per_minute": 700,
    "exports_per_minute": 10,
    "token_seconds": 1_800,
}
EXPORTS = "/api/v2/incremental/"
EXPORTS_REFUSED = {
    "error": "APIRateLimitExceeded",
    "description": "Number of allowed incremental ticket export API requests per minute "
    "exceeded, please retry later",
}


class Zendesk(Dialect):
    """How Zendesk speaks, and which tokens it gave out."""

    def __init__(self, store: Store) -> None:
        limits = store.table("limits").get("zendesk", {})
        known = checked_table(limits, DEFAULTS, "limits.zendesk")
        self._tokens = set(store.tokens)
        self._enforced = known["enforced"]
        self._account = Window(60, known["per_minute"], monotonic)
        self._exports = Window(60, known["exports_per_minute"], monotonic)
        self._token_seconds = known["token_seconds"]
        self._issued: dict[str, float] = {}
        self._issued_count = 0
        self._oldest_refresh = 0

    def admit(self, request: Request) -> None:
        """Check the credentials and the limits of a request.

        Raises:
            Refusal: they are missing or wrong, or a limit is reached.
        """
        is_export = request.url.path.startswith(EXPORTS)
        window = self._exports if is_export else self._account
        if not window.take() and self._enforced:
            refusal = self.rate_limited("exports" if is_export else "account")
            refusal.headers["Retry-After"] = _wait(window)
            raise refusal
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            if not self._is_good(value.strip()):
                raise errors.invalid_token()
        elif kind.lower() != "basic" or not self._is_api_token(value):
            raise errors.not_authenticated()

    def is_authenticated(self, request: Request) -> bool:
        """Return whether a request carries good credentials."""
        try:
            self.admit(request)
        except Refusal:
            return False
        return True

    def _is_good(self, token: str) -> bool:
        return token in self._tokens or self._issued.get(token, 0) > monotonic()

    def _is_api_token(self, value: str) -> bool:
        try:
            user, _, token = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        email, _, kind = user.partition("/")
        return "@" in email and kind == "token" and token in self._tokens

    def give_token(self, form: dict[str, Any]) -> Body:
        """Return a new access token, and the next refresh token where one was used.

        Raises:
            Refusal: the client or its refresh token is unknown or was used before.
        """
        grant = form.get("grant_type")
        if form.get("client_secret") not in self._tokens or not form.get("client_id"):
            raise _oauth_refused("invalid_client", "Client authentication failed")
        if grant not in ("client_credentials", "refresh_token"):
            raise _oauth_refused("unsupported_grant_type", "The grant is not supported")
        self._issued_count += 1
        seed = f"{monotonic()}/{self._issued_count}".encode()
        token = hashlib.sha256(seed).hexdigest()
        answer: Body = {
            "access_token": token,
            "token_type": "bearer",
            "scope": form.get("scope") or "read",
            "expires_in": self._token_seconds,
        }
        if grant == "refresh_token":
            number = self._refresh_number(str(form.get("refresh_token")))
            # The old pair is gone as soon as the new one is given out.
            self._oldest_refresh = number + 1
            self._issued.clear()
            answer["refresh_token"] = self._refresh_token(number + 1)
            answer["refresh_token_expires_in"] = 2_592_000
        self._issued[token] = monotonic() + self._token_seconds
        return answer

    def _refresh_number(self, token: str) -> int:
        """Return which refresh token it is: the configured one is the first.

        Every process of the sandbox knows the successors, but only what it gave out
        itself as used.
        """
        number = 0 if token in self._tokens else -1
        head, _, _ = token.partition("-")
        if number and head.isdecimal() and token == self._refresh_token(int(head)):
            number = int(head)
        if number < self._oldest_refresh:
            message = "The provided refresh token is invalid, expired or revoked"
            raise _oauth_refused("invalid_grant", message)
        return number

    def _refresh_token(self, number: int) -> str:
        seed = f"{min(self._tokens)}/{number}".encode()
        return f"{number}-{hashlib.sha256(seed).hexdigest()}"

    def unauthorized(self) -> Refusal:
        """Return the answer to a token that was revoked."""
        return errors.invalid_token()

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a plan or a role without a resource."""
        return errors.forbidden()

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many requests: `account` in plain text, else JSON."""
        if policy != "account":
            return Refusal(429, EXPORTS_REFUSED)
        text = b"Number of allowed API requests per minute exceeded"
        return Refusal(429, text, {"content-type": "text/plain"})

    def server_error(self, status: int) -> Refusal:
        """Return the answer when Zendesk itself fails."""
        texts = {503: "The service is down for maintenance", 504: "Gateway timeout"}
        description = texts.get(status, "An unexpected error occurred")
        return Refusal(status, {"error": "InternalError", "description": description})

    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor that is no longer valid."""
        return errors.bad_cursor()

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page by cursor."""
        query = request.query_params
        return "cursor" in query or "page[after]" in query

    def rows(self, body: Body) -> list | None:
        """Return a page's rows: the first list of its envelope."""
        if not isinstance(body, dict):
            return None
        return next((value for value in body.values() if isinstance(value, list)), None)

    def headers(self, request: Request) -> dict[str, str]:
        """Return the headers that every answer carries."""
        left = self._left(self._account)
        found = {
            "x-rate-limit": str(self._account.most),
            "x-rate-limit-remaining": str(left),
            "ratelimit-limit": str(self._account.most),
            "ratelimit-remaining": str(left),
            "ratelimit-reset": _wait(self._account),
        }
        path = request.url.path
        if path.startswith(EXPORTS):
            name = "incremental-exports-cursor" if "/cursor" in path else ""
            found[f"zendesk-ratelimit-{name or 'incremental-exports'}"] = (
                f"total={self._exports.most}; remaining={self._left(self._exports)}; "
                f"resets={_wait(self._exports)}"
            )
        return found

    def _left(self, window: Window) -> int:
        # The request that is being answered takes one.
        left = max(window.remaining() - 1, 0)
        return left if self._enforced else max(left, window.most // 2, 1)


def _wait(window: Window) -> str:
    return str(max(ceil(window.seconds_until_free()), 1))


def _oauth_refused(error: str, description: str) -> Refusal:
    status = 400 if error == "invalid_grant" else 401
    return Refusal(status, {"error": error, "error_description": description})
