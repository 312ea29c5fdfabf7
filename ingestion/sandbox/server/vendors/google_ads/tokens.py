"""Google's token endpoint: refresh tokens and service accounts give access tokens."""

import base64
import binascii
import time
from collections.abc import Callable, Collection
from urllib.parse import parse_qs

import orjson
from starlette.requests import Request

from ingestion.sandbox.server.gate import Answer, Refusal

SCOPE = "https://www.googleapis.com/auth/adwords"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Tokens:
    """Gives out access tokens and knows them again.

    A refresh token is one of the sandbox's tokens, and so are the client's id and
    secret. A service account is one whose e-mail address begins with such a token; its
    signature is not verified, because the sandbox has no key to do it with.

    Args:
        accepted: the sandbox's tokens.
        seconds: how long an access token lives.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        accepted: Collection[str],
        seconds: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._accepted = set(accepted)
        self._seconds = seconds
        self._clock = clock
        self._until: dict[str, float] = {}

    def state(self, token: str) -> str:
        """Return whether an access token is `good`, `expired` or `unknown`."""
        until = self._until.get(token)
        if until is None:
            return "unknown"
        return "good" if self._clock() < until else "expired"

    def answer(self, request: Request) -> Answer:
        """Answer a request for an access token."""
        form = {
            name: values[-1]
            for name, values in parse_qs(request.state.content.decode()).items()
        }
        grant = form.get("grant_type", "")
        if grant == "refresh_token":
            self._check_client(form)
        elif grant == JWT_BEARER:
            self._check_assertion(form.get("assertion", ""))
        else:
            message = f"Invalid grant_type: {grant}"
            raise _refused(400, "unsupported_grant_type", message)
        token = f"ya29.sandbox-{len(self._until) + 1}"
        self._until[token] = self._clock() + self._seconds
        return Answer(
            {
                "access_token": token,
                "expires_in": self._seconds,
                "scope": SCOPE,
                "token_type": "Bearer",
            },
            headers={"Cache-Control": "no-store"},
        )

    def _check_client(self, form: dict[str, str]) -> None:
        if form.get("client_id") not in self._accepted:
            message = "The OAuth client was not found."
            raise _refused(401, "invalid_client", message)
        if form.get("client_secret") not in self._accepted:
            message = "The provided client secret is invalid."
            raise _refused(401, "invalid_client", message)
        if form.get("refresh_token") not in self._accepted:
            message = "Token has been expired or revoked."
            raise _refused(400, "invalid_grant", message)

    def _check_assertion(self, assertion: str) -> None:
        try:
            _, payload, _ = assertion.split(".")
            padded = payload + "=" * (-len(payload) % 4)
            claims = orjson.loads(base64.urlsafe_b64decode(padded))
            issuer, scope = str(claims["iss"]), str(claims["scope"])
            lives = int(claims["exp"]) - int(claims["iat"])
        except (ValueError, KeyError, TypeError, binascii.Error):
            raise _refused(400, "invalid_grant", "Invalid JWT.") from None
        if issuer.partition("@")[0] not in self._accepted:
            message = "Invalid grant: account not found"
            raise _refused(400, "invalid_grant", message)
        if SCOPE not in scope.split() or not 0 < lives <= 3600:
            message = "Invalid JWT: check its scope, iat and exp."
            raise _refused(400, "invalid_grant", message)


def _refused(status: int, error: str, description: str) -> Refusal:
    return Refusal(status, {"error": error, "error_description": description})
