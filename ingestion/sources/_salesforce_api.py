"""How Salesforce is asked: session, quota, describe, and what its errors mean.

A session comes from the org's token endpoint, by client credentials or by a refresh
token.
"""

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from requests import PreparedRequest, Request, Response
from requests.auth import AuthBase

from ingestion.oauth import OAuthToken
from ingestion.rest import Api, ApiError, ForbiddenError, Json

LOGIN_URL = "https://login.salesforce.com"
_CREDENTIALS = (
    "Set SOURCES__SALESFORCE__INSTANCE_URL, SOURCES__SALESFORCE__CLIENT_ID and "
    "SOURCES__SALESFORCE__CLIENT_SECRET of an external client app whose client-"
    "credentials flow runs as an API-only user (or its refresh token in "
    "SOURCES__SALESFORCE__REFRESH_TOKEN)."
)


class Org:
    """One Salesforce org.

    Args:
        instance_url: its My Domain address; "" is found at the first request.
        login_url: where refresh tokens are exchanged.
        client_id: consumer key of the external client app.
        client_secret: its secret.
        refresh_token: "" uses the client-credentials flow.
        api_version: such as v66.0.
        quota_share: the part of the org's daily requests after which we stop.
    """

    def __init__(
        self,
        instance_url: str,
        login_url: str,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        api_version: str,
        quota_share: float,
    ) -> None:
        self._instance_url = instance_url.strip().rstrip("/")
        login = (login_url.strip() or self._instance_url).rstrip("/")
        if refresh_token:
            form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
            login = login_url.strip().rstrip("/") or LOGIN_URL
        else:
            form = {"grant_type": "client_credentials"}
        self._missing = [
            name
            for name, value in (
                ("SOURCES__SALESFORCE__CLIENT_ID", client_id),
                ("SOURCES__SALESFORCE__CLIENT_SECRET", client_secret or refresh_token),
                ("SOURCES__SALESFORCE__INSTANCE_URL", login),
            )
            if not value.strip()
        ]
        form |= {"client_id": client_id, "client_secret": client_secret}
        self._secrets = [client_secret, refresh_token]
        self._refresh_token = refresh_token
        self._version = f"v{api_version.strip().removeprefix('v')}"
        self._quota_share = quota_share
        self._auth = OAuthToken(
            "salesforce",
            f"{login}/services/oauth2/token",
            {name: value for name, value in form.items() if value},
            remedy=f"{_CREDENTIALS} Nothing was requested.",
        )

    @cached_property
    def api(self) -> Api:
        """The org's REST API.

        Raises:
            ApiError: a credential is missing or refused.
        """
        if self._missing:
            message = (
                f"salesforce: {' and '.join(self._missing)} is not set. "
                f"{_CREDENTIALS} Nothing was requested."
            )
            raise ApiError(message)
        if not self._instance_url:
            # Only the token endpoint knows where the org lives.
            self._auth(Request("GET", LOGIN_URL).prepare())
            self._instance_url = str(self._auth.answer.get("instance_url") or "")
        return Api(
            "salesforce",
            f"{self._instance_url}/services/data/{self._version}/",
            _Session(self._auth, self._refresh_token),
            secrets=self._secrets,
            token_remedy=f"{_CREDENTIALS} Nothing of this run was stored.",
            stop_reason=_stop_reason,
            is_transient=lambda answer: _code_of(answer) == "REQUEST_LIMIT_EXCEEDED",
            after_response=self._watch_quota,
            error_text=_error_text,
        )

    def _watch_quota(self, response: Response) -> None:
        """Stop before the org's other integrations have no requests left.

        Raises:
            ApiError: the configured share of the day's requests is used.
        """
        said = response.headers.get("Sforce-Limit-Info", "")
        used, _, most = said.partition("api-usage=")[2].partition(";")[0].partition("/")
        if not (used.strip().isdigit() and most.strip().isdigit()):
            return
        if int(used) > self._quota_share * int(most) > 0:
            message = (
                f"salesforce: {used} of the org's {most.strip()} requests of the last "
                f"24 hours are used, more than SOURCES__SALESFORCE__QUOTA_SHARE="
                f"{self._quota_share:g} allows. Nothing of this run was stored; load "
                "again later, give other integrations less, or raise the share."
            )
            raise ApiError(message)

    def describe(self, name: str) -> dict[str, str] | None:
        """Return an SObject's visible fields and their types; None if it is hidden."""
        try:
            body = self.api.fetch(f"sobjects/{name}/describe", needs="fields")
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return {one["name"]: one.get("type", "") for one in body["fields"]}

    def deleted(self, name: str, start: datetime, end: datetime) -> dict[str, Any]:
        """Return what the delete log of an SObject says of a stretch of time."""
        span = {"start": iso(start), "end": iso(end)}
        path = f"sobjects/{name}/deleted/"
        return self.api.fetch(path, needs="deletedRecords", params=span)


class _Session(AuthBase):
    """The org's token; refuses to go on once the refresh token was replaced.

    An org may rotate refresh tokens: the configured one is then used up. A secret is
    never stored by us, so the next run could not begin.
    """

    def __init__(self, token: OAuthToken, refresh_token: str) -> None:
        self._token = token
        self._refresh_token = refresh_token

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the token to a request.

        Raises:
            ApiError: the endpoint gives no token, or rotates the refresh token.
        """
        request = self._token(r)
        rotated = self._token.answer.get("refresh_token") or self._refresh_token
        if rotated != self._refresh_token:
            message = (
                "salesforce: the org rotates refresh tokens, so the one in "
                "SOURCES__SALESFORCE__REFRESH_TOKEN is used up. Turn off rotation in "
                "the external client app's OAuth policies and set a new token, or use "
                "the client-credentials flow, which needs none. Nothing was stored."
            )
            raise ApiError(message)
        return request

    def renew(self, refused: str | None) -> None:
        """Forget a token that was refused."""
        self._token.renew(refused)


def _stop_reason(response: Response) -> str | None:
    code = _code_of(response)
    if code == "REQUEST_LIMIT_EXCEEDED" and "Concurrent" not in response.text:
        return (
            "The org's requests of the last 24 hours are used up (not a missing "
            "permission). Nothing of this run was stored; load again when they have "
            "come back, give other integrations less, or buy more."
        )
    if code in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
        return "The org's edition or profile has no API access; an admin can grant it."
    if code == "UNSUPPORTED_API_VERSION":
        return "Set SOURCES__SALESFORCE__API_VERSION to one that the org supports."
    if code == "INVALID_QUERY_LOCATOR":
        return (
            "The query's cursor expired before its first page was read. Nothing of "
            "this run was stored; load again later."
        )
    if code == "QUERY_TIMEOUT":
        return (
            "Even the shortest window is too slow for the org. Nothing of this run was "
            "stored; load again at a quieter hour."
        )
    return None


def hidden(table: str, name: str) -> ForbiddenError:
    """Return the error of an SObject that the integration user cannot see."""
    message = f"the integration user cannot see the object {name} (for {table})"
    return ForbiddenError(message)


def named(error: ApiError, table: str) -> ApiError:
    """Return the error with the table in its message, where it names none."""
    said = str(error)
    if isinstance(error, ForbiddenError) or not said.startswith("salesforce: "):
        return error
    message = said.replace("salesforce: ", f"salesforce: {table}: ", 1)
    return ApiError(message, status=error.status, body=error.body)


def _error_text(body: Json) -> str:
    """Return Salesforce's words; errors are a list, OAuth's an object."""
    errors = body if isinstance(body, list) else [body]
    return "; ".join(
        f"{one.get('errorCode') or one.get('error')}: "
        f"{one.get('message') or one.get('error_description')}"
        for one in errors
        if isinstance(one, dict)
    )


def first_code(body: Json) -> str:
    """Return the code of an error body, "" where it has none."""
    first = body[0] if isinstance(body, list) and body else {}
    return str(first.get("errorCode") or "") if isinstance(first, dict) else ""


def _code_of(response: Response) -> str:
    try:
        return first_code(response.json())
    except ValueError:
        return ""


def iso(moment: datetime) -> str:
    """Write an instant as SOQL and the delete log read it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
