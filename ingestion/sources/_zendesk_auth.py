"""How requests are authorised at Zendesk: a token, an API token, or an OAuth client."""

import base64
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from requests import PreparedRequest
from requests.auth import AuthBase

from ingestion.oauth import OAuthToken
from ingestion.rest import ApiError

NOTHING_STORED = "Nothing of this run was stored."
_ANY_OF = (
    "SOURCES__ZENDESK__ACCESS_TOKEN (an OAuth access token); or "
    "SOURCES__ZENDESK__CLIENT_ID and SOURCES__ZENDESK__CLIENT_SECRET of a confidential "
    "OAuth client, with SOURCES__ZENDESK__REFRESH_TOKEN where it is used for a user; or "
    "SOURCES__ZENDESK__EMAIL and SOURCES__ZENDESK__API_TOKEN (API tokens end on "
    "2027-04-30)"
)


class Bearer(AuthBase):
    """Authorises requests by a token that somebody else renews."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the token to a request."""
        r.headers["Authorization"] = f"Bearer {self._token}"
        return r


class ApiToken(AuthBase):
    """Authorises requests by an agent's address and an API token."""

    def __init__(self, email: str, token: str) -> None:
        pair = f"{email}/token:{token}".encode()
        self._header = f"Basic {base64.b64encode(pair).decode()}"

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the pair to a request."""
        r.headers["Authorization"] = self._header
        return r


class RotatingToken(OAuthToken):
    """An OAuth token whose refresh token changes with every use.

    Zendesk deletes the old pair when it gives out a new one, so the newest refresh token
    is written to a file that only its owner can read, before the access token is used.

    Args:
        path: the file.
        token_url: the token endpoint.
        form: what is sent to it, the configured refresh token included.
        remedy: what to do when the endpoint refuses.
    """

    def __init__(
        self, path: Path, token_url: str, form: Mapping[str, str], *, remedy: str
    ) -> None:
        super().__init__("zendesk", token_url, form, remedy=remedy)
        self._path = path
        configured = form["refresh_token"].encode()
        # A newly configured token takes the place of what an earlier one led to.
        self._configured = hashlib.sha256(configured).hexdigest()

    def _fetch(self) -> None:
        self._form["refresh_token"] = self._newest() or self._form["refresh_token"]
        super()._fetch()
        if newest := self.answer.get("refresh_token"):
            self._keep(str(newest))

    def _newest(self) -> str | None:
        try:
            kept = orjson.loads(self._path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        if not isinstance(kept, dict) or kept.get("configured") != self._configured:
            return None
        return kept.get("refresh_token")

    def _keep(self, token: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        kept = {"configured": self._configured, "refresh_token": token}
        building = self._path.with_suffix(".new")
        building.unlink(missing_ok=True)
        descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(kept))
            file.flush()
            os.fsync(file.fileno())
        building.replace(self._path)


def auth_for(
    base_url: str, warehouse_dir: Path, given: Mapping[str, str]
) -> tuple[AuthBase, str]:
    """Return what authorises requests, and the remedy when it is refused.

    Args:
        base_url: where the API is; its token endpoint is below it.
        warehouse_dir: where a rotated refresh token is kept.
        given: the credentials that are set, by the source's parameter names.

    Raises:
        ApiError: no usable set of credentials is given.
    """
    if token := given.get("access_token"):
        remedy = (
            "Set SOURCES__ZENDESK__ACCESS_TOKEN to a valid token of an admin with scope "
            f"read, or let the source fetch its own by an OAuth client. {NOTHING_STORED}"
        )
        return Bearer(token), remedy
    if given.get("client_id") and given.get("client_secret"):
        return _oauth(base_url, warehouse_dir, given)
    if given.get("email") and given.get("api_token"):
        remedy = (
            "Set SOURCES__ZENDESK__EMAIL and SOURCES__ZENDESK__API_TOKEN to those of an "
            "admin; API tokens idle for 30 days are deactivated, and all end on "
            f"2027-04-30. {NOTHING_STORED}"
        )
        return ApiToken(given["email"], given["api_token"]), remedy
    message = f"zendesk: no credentials are set. Set {_ANY_OF}. Nothing was requested."
    raise ApiError(message)


def _oauth(
    base_url: str, warehouse_dir: Path, given: Mapping[str, str]
) -> tuple[AuthBase, str]:
    url = f"{base_url.rstrip('/')}/oauth/tokens"
    client: dict[str, Any] = {
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        "scope": "read",
    }
    if refresh := given.get("refresh_token"):
        form = {**client, "grant_type": "refresh_token", "refresh_token": refresh}
        remedy = (
            "A refresh token is valid once and for 30 days: authorise the client again "
            "and set SOURCES__ZENDESK__REFRESH_TOKEN to the new one, and let no other "
            f"program use it. {NOTHING_STORED}"
        )
        path = warehouse_dir / "credentials" / "zendesk.json"
        return RotatingToken(path, url, form, remedy=remedy), remedy
    remedy = (
        "Correct SOURCES__ZENDESK__CLIENT_ID and SOURCES__ZENDESK__CLIENT_SECRET: a "
        f"confidential OAuth client with scope read, made by an admin. {NOTHING_STORED}"
    )
    form = {**client, "grant_type": "client_credentials"}
    return OAuthToken("zendesk", url, form, remedy=remedy), remedy
