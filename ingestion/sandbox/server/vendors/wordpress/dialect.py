"""How WordPress speaks: application passwords, error bodies, no limits of its own."""

import base64
import binascii
import time

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.window import Window

USERNAME = "sandbox"


def refusal(status: int, code: str, message: str, **data: Body) -> Refusal:
    """Return an error as WordPress writes it."""
    body = {"code": code, "message": message, "data": {"status": status, **data}}
    return Refusal(status, body)


def invalid_param(name: str, message: str, code: str = "rest_invalid_param") -> Refusal:
    """Return the 400 of one wrong parameter."""
    return refusal(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: message},
        details={name: {"code": code, "message": message, "data": None}},
    )


class WordPress(Dialect):
    """A site whose user `sandbox` has the sandbox's tokens as application passwords.

    WordPress itself limits nothing; hosts do. `[limits.wordpress]` of sandbox.toml
    plays one that answers 429 above `requests_per_minute`.
    """

    def __init__(self, store: Store) -> None:
        self._tokens = {token.replace(" ", "") for token in store.tokens}
        self._username = store.table("wordpress").get("username", USERNAME)
        limits = checked_table(
            store.table("limits").get("wordpress", {}),
            {"enforced": False, "requests_per_minute": 240},
            "limits.wordpress",
        )
        self._window = None
        if limits["enforced"]:
            self._window = Window(60, limits["requests_per_minute"], time.monotonic)

    def admit(self, request: Request) -> None:
        """Find out who asks: with a wrong password nobody, and no error."""
        if self._window and not self._window.take():
            raise self.rate_limited("")
        known = self._knows(request.headers.get("authorization", ""))
        request.state.is_known = known and "revoked_token" not in request.state.faults

    def _knows(self, header: str) -> bool:
        kind, _, encoded = header.partition(" ")
        try:
            username, _, password = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return (
            kind.lower() == "basic"
            and username == self._username
            and password.replace(" ", "") in self._tokens
        )

    def unauthorized(self) -> Refusal:
        """Return the answer to a stranger who asks for more than the public may."""
        return refusal(
            401,
            "rest_forbidden_context",
            "Sorry, you are not allowed to edit posts in this post type.",
        )

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a user whose role does not allow it."""
        return refusal(
            403,
            "rest_forbidden_context",
            f"Sorry, you are not allowed to do that ({scope}).",
        )

    def rate_limited(self, policy: str) -> Refusal:
        """Return what a host's firewall answers."""
        return refusal(429, "too_many_requests", "Too many requests.")

    def server_error(self, status: int) -> Refusal:
        """Return WordPress's critical error."""
        message = "There has been a critical error on this website."
        return refusal(status, "internal_server_error", message)

    def expired_cursor(self) -> Refusal:
        """Return the answer to a page that is gone."""
        return past_the_end()

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return request.query_params.get("page", "1") != "1"


def past_the_end() -> Refusal:
    """Return the answer to a page number beyond the last page."""
    return refusal(
        400,
        "rest_post_invalid_page_number",
        "The page number requested is larger than the number of pages available.",
    )
