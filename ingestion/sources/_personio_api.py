"""How Personio is asked: client credentials, pages, limits, and its ways to say no."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import Request, Response

from ingestion.oauth import OAuthToken
from ingestion.rest import Api, ApiError, ForbiddenError, Json

# More is refused for persons and employments; other lists allow 100.
PERSONS_PAGE, LIST_PAGE = 50, 100
# Personio says no totals: a list is believed when two readings in a row agree.
READINGS = 5


class PersonioApi(Api):
    """The API of one account."""

    def _raise_for(self, response: Response) -> None:
        # A missing right is a 403, but for persons a 401 and for reports a 400.
        words = self._detail(response)
        if response.status_code in (400, 401) and "Unauthorized" in words:
            path = urlsplit(response.url).path
            message = f"{path} is not allowed ({response.status_code}{words})"
            raise ForbiddenError(message, status=response.status_code)
        super()._raise_for(response)

    def whole_list(
        self, path: str, limit: int, params: dict[str, str] | None = None
    ) -> list[dict[str, Any]]:
        """Return every record of a list, each once, by its id.

        Raises:
            ApiError: no two readings agree.
        """
        before: set[str] | None = None
        found: dict[str, dict[str, Any]] = {}
        for reading in range(READINGS):
            now: dict[str, dict[str, Any]] = {}
            try:
                for record in self.listed(path, limit, params):
                    now[str(record.get("id"))] = record
            except ApiError as error:
                # A cursor no longer valid; the list is begun again.
                if error.status != 400 or not now or reading == READINGS - 1:
                    raise
                continue
            found = now
            if before == now.keys():
                return list(found.values())
            before = set(now)
        message = (
            f"personio: GET {path} left out records: {READINGS} readings of the list "
            f"differ ({len(found):,} records in the last). Nothing of this run was "
            "stored; load again later."
        )
        raise ApiError(message)

    def listed(
        self, path: str, limit: int, params: dict[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of a list, as often as they are sent."""
        asked = {"limit": limit, **(params or {})}
        for page in self.pages(path, CursorPaginator(), select="_data", params=asked):
            for record in page:
                if isinstance(record, dict):
                    yield record


class CursorPaginator(BasePaginator):
    """Follows `_meta.links.next.href` by its cursor alone.

    The link names Personio's own host, which a proxy or a test is not.
    """

    def __init__(self) -> None:
        super().__init__()
        self._cursor = ""

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Note the cursor of the next page; the last page has none."""
        body = response.json()
        meta = body.get("_meta") if isinstance(body, dict) else None
        links = (meta or {}).get("links") or {}
        href = str((links.get("next") or {}).get("href") or "")
        self._cursor = "".join(parse_qs(urlsplit(href).query).get("cursor", []))
        self._has_next_page = bool(self._cursor)

    def update_request(self, request: Request) -> None:
        """Ask for the next page."""
        if self._cursor:
            params = request.params if isinstance(request.params, dict) else {}
            request.params = {**params, "cursor": self._cursor}


def api_for(client_id: str, client_secret: str, base_url: str) -> PersonioApi:
    """Return the account's API; its token is fetched with the first request.

    Raises:
        ApiError: the credentials are empty.
    """
    remedy = (
        "Set SOURCES__PERSONIO__CLIENT_ID and SOURCES__PERSONIO__CLIENT_SECRET to API "
        "credentials of version 2 (in Personio: Settings, Integrations, API "
        "credentials) that may read persons, absences and compensations."
    )
    if not client_id.strip() or not client_secret.strip():
        message = (
            f"personio: the credentials are empty. {remedy} Nothing was requested."
        )
        raise ApiError(message)
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": client_secret,
    }
    token_url = f"{base_url.rstrip('/')}/v2/auth/token"
    return PersonioApi(
        "personio",
        base_url,
        OAuthToken("personio", token_url, form, remedy=remedy),
        secrets=[client_id, client_secret],
        token_remedy=f"{remedy} Nothing of this run was stored.",
        after_response=_keep_pace,
        error_text=_error_text,
    )


def _keep_pace(response: Response) -> None:
    """Wait for the bucket to fill when it is empty; each endpoint has its own."""
    headers = response.headers
    try:
        left = int(headers["x-ratelimit-remaining"])
        per_second = float(headers["x-ratelimit-replenish-rate"])
    except (KeyError, ValueError):
        return
    if left < 1 and per_second > 0:
        time.sleep(min(1 / per_second, 5.0))


def _error_text(body: Json) -> str:
    if not isinstance(body, dict):
        return ""
    said: list[object] = []
    error = body.get("error")
    if isinstance(error, dict):
        said.append(error.get("message"))
    for one in body.get("errors") or []:
        if isinstance(one, dict):
            said += [one.get("title"), one.get("detail")]
    said += [body.get("title"), body.get("detail")]
    return ": ".join(str(part) for part in said if part)
