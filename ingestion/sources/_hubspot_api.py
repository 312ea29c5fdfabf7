"""How HubSpot is asked: token, limits, pages, and what its answers leave out."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    JSONResponseCursorPaginator,
)
from requests import Request, Response

from ingestion.rest import Api, ApiError, Json

VERSION = "2026-09"
LIST_PAGE = 100
SEARCH_PAGE = 200


def api_for(access_token: str, base_url: str) -> Api:
    """Return the portal's API.

    Raises:
        ApiError: the token is empty.
    """
    remedy = (
        "Set SOURCES__HUBSPOT__ACCESS_TOKEN to a valid service key (in HubSpot: "
        "Settings, Integrations, Service keys)."
    )
    if not access_token.strip():
        message = f"hubspot: the token is empty. {remedy} Nothing was requested."
        raise ApiError(message)
    return Api(
        "hubspot",
        base_url,
        BearerTokenAuth(token=access_token),
        secrets=[access_token],
        token_remedy=f"{remedy} Nothing of this run was stored.",
        stop_reason=_stop_reason,
        error_text=_error_text,
        after_response=Pace(),
    )


def _error_text(body: Json) -> str:
    """Return HubSpot's words, the scopes that it asks for before the rest."""
    if not isinstance(body, dict):
        return ""
    scopes = [
        scope
        for error in body.get("errors") or []
        if isinstance(error, dict) and isinstance(error.get("context"), dict)
        for scope in error["context"].get("requiredGranularScopes") or []
    ]
    said = [
        body.get("category") or body.get("errorType"),
        f"needs {', '.join(map(str, scopes))}" if scopes else body.get("message"),
    ]
    return ": ".join(str(part) for part in said if part)


def _stop_reason(response: Response) -> str | None:
    if response.status_code == 477:
        return "HubSpot is moving this account, for up to a day. Load again then."
    if response.status_code == 429 and '"DAILY"' in response.text:
        return (
            "The day's requests of this account are used up; they come back at midnight "
            "in the portal's time zone. Load again then, or give other apps less."
        )
    return None


class Pace:
    """Keeps below HubSpot's limits, which other apps of the account share."""

    SEARCHES_PER_SECOND = 5

    def __init__(self) -> None:
        self._searches: deque[float] = deque(maxlen=self.SEARCHES_PER_SECOND)

    def __call__(self, response: Response) -> None:
        """Wait as long as the next request must, judged by this response."""
        wait = 0.0
        if str(response.request.url).endswith("/search"):
            # Searches have their own limit and no headers.
            self._searches.append(time.monotonic())
            if len(self._searches) == self.SEARCHES_PER_SECOND:
                wait = self._searches[0] + 1.05 - time.monotonic()
        headers = response.headers
        try:
            most = int(headers["X-HubSpot-RateLimit-Max"])
            left = int(headers["X-HubSpot-RateLimit-Remaining"])
            interval = int(headers["X-HubSpot-RateLimit-Interval-Milliseconds"]) / 1000
        except (KeyError, ValueError):
            most = left = 0
        if most > 0 and left < most / 10:
            wait = max(wait, min(interval / most, 10.0))
        if wait > 0:
            time.sleep(wait)


class SearchPaginator(BasePaginator):
    """Walks a search by record id instead of by offset.

    An offset may not pass 10,000, and rows that change while we read would shift it;
    `hs_object_id GT <last id>`, the search's last filter, has neither problem.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()
        self._last_id: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Note the last id; the last page is the one that holds all that is left."""
        ids = [
            str(record["id"])
            for record in data or []
            if isinstance(record, dict) and record.get("id")
        ]
        total = response.json().get("total")
        if not isinstance(total, int):
            message = "hubspot: a search answered without `total`; its API changed."
            raise ApiError(message)
        # A record that is sent again is none of those that are left.
        new = set(ids) - self._seen
        self._seen |= new
        self._last_id = ids[-1] if ids else self._last_id
        self._has_next_page = total > len(new)

    def update_request(self, request: Request) -> None:
        """Ask for what comes after the last id."""
        if self._last_id is not None:
            query: Any = request.json
            query["filterGroups"][0]["filters"][-1]["value"] = self._last_id


def listing() -> JSONResponseCursorPaginator:
    """Return a walk through a list: by `after`, because `link` is at times wrong."""
    return JSONResponseCursorPaginator(
        cursor_path="paging.next.after", cursor_param="after"
    )


def chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    """Yield the ids in batches."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def results_of(body: Json) -> list[Any]:
    """Return the elements; teams come as a bare list, all else in an envelope."""
    return body["results"] if isinstance(body, dict) else body


def failed_ids(body: dict[str, Any]) -> list[str]:
    """Return the ids that a batch read says it could not answer."""
    return [
        failed
        for error in body.get("errors") or []
        for failed in (error.get("context") or {}).get("ids") or []
    ]


def merged_ids(record: Json) -> Iterator[str]:
    """Yield the ids of the records that were merged into this one."""
    properties = record.get("properties") if isinstance(record, dict) else None
    if not isinstance(properties, dict):
        return
    for name in ("hs_merged_object_ids", "hs_calculated_merged_vids"):
        # `id;id`, and for contacts `id:epoch milliseconds;…`
        for part in str(properties.get(name) or "").split(";"):
            if merged_id := part.partition(":")[0].strip():
                yield merged_id
