"""How Intercom is asked: token, version, limits, and lists that must be whole."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    JSONResponseCursorPaginator,
    PageNumberPaginator,
)
from requests import Response

from ingestion.rest import Api, ApiError, ForbiddenError, Json

PAGE = 150
DELETED_PAGE = 60
REMEDY = (
    "Set SOURCES__INTERCOM__ACCESS_TOKEN to the access token of a private app of the "
    "workspace (in Intercom: Developer Hub, your app, Authentication)."
)
# Only one scroll may be open in a workspace; an abandoned one closes itself after this.
SCROLL_IDLE_SECONDS = 61
MOST_SCROLLS = 4
MOST_REFUSALS = 5


class Workspace:
    """One Intercom workspace, read through its REST API.

    Args:
        access_token: of a private app.
        base_url: of the workspace's region.
        api_version: the Intercom-Version; without one the app's own default answers.
    """

    def __init__(self, access_token: str, base_url: str, api_version: str) -> None:
        self._has_token = bool(access_token.strip())
        settings: dict[str, Any] = {
            "auth": BearerTokenAuth(token=access_token),
            "secrets": [access_token],
            "token_remedy": f"{REMEDY} Nothing of this run was stored.",
            "stop_reason": _stop_reason,
            "error_text": _error_text,
            "after_response": Pace(),
            "headers": {"Intercom-Version": api_version},
        }
        self._api = Api("intercom", base_url, **settings)
        # Each request of a scroll moves it on, also one whose answer was lost.
        self._scrolling = Api("intercom", base_url, attempts=1, **settings)

    def fetch(self, path: str, *, needs: str | None = None, **more: Json) -> Json:
        """Return the body of one request.

        Raises:
            ApiError: the API cannot be read.
        """
        self._check_token()
        with _permissions():
            return self._api.fetch(path, needs=needs, **more)

    def listed(
        self, path: str, select: str, **params: Json
    ) -> Generator[list[Json], None, None]:
        """Yield a list page by page and make sure that it was whole."""
        paginator = JSONResponseCursorPaginator(
            cursor_path="pages.next.starting_after", cursor_param="starting_after"
        )
        query = {"per_page": PAGE, **params}
        return self._whole(path, select, paginator, params=query)

    def changed_since(
        self, path: str, select: str, since: datetime, **params: Json
    ) -> Generator[list[Json], None, None]:
        """Yield the results of a search for what was updated after an instant."""
        paginator = JSONResponseCursorPaginator(
            cursor_path="pages.next.starting_after",
            cursor_body_path="pagination.starting_after",
        )
        later = {
            "field": "updated_at",
            "operator": ">",
            "value": int(since.timestamp()),
        }
        body = {
            "query": {"operator": "AND", "value": [later]},
            # What changes while we read moves to the end and is met again.
            "sort": {"field": "updated_at", "order": "ascending"},
            "pagination": {"per_page": PAGE},
        }
        return self._whole(path, select, paginator, params=params or None, json=body)

    def deleted_conversations(self) -> Generator[list[Json], None, None]:
        """Yield the ids of deleted conversations, page by page."""
        paginator = PageNumberPaginator(base_page=1, total_path="pages.total_pages")
        params = {"per_page": DELETED_PAGE, "order": "asc"}
        path = "conversations/deleted"
        return self._whole(path, "conversations", paginator, params=params)

    def _whole(
        self, path: str, select: str, paginator: BasePaginator, **request: Json
    ) -> Generator[list[Json], None, None]:
        """Yield the pages of a list; fails when it is short of its own total.

        The total moves while records come and go; the least of it must have arrived.
        """
        self._check_token()
        ids: set[str] = set()
        totals: list[int] = []
        with _permissions():
            for page in self._api.answers(path, paginator, select=select, **request):
                total = page.body.get("total_count")
                if isinstance(total, int):
                    totals.append(total)
                ids.update(_ids(page.records))
                yield page.records
        if totals and len(ids) < min(totals):
            raise left_out(path, min(totals), len(ids))

    def has(self, path: str) -> bool:
        """Return whether there is something at a path.

        Raises:
            ApiError: the API cannot be read.
        """
        try:
            self.fetch(path)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def companies(self) -> list[Json]:
        """Return all companies.

        Raises:
            ApiError: the scroll cannot be read to its end.
        """
        self._check_token()
        # The plain list ends at 10,000, but says how many there are at least.
        body = self.fetch(
            "companies/list", needs="data", json={"page": 1}, params={"per_page": 1}
        )
        least = body.get("total_count")
        least = least if isinstance(least, int) else 0
        for attempt in range(1, MOST_SCROLLS + 1):
            try:
                with _permissions():
                    found = list(self._scrolled())
            except ApiError as error:
                if isinstance(error, ForbiddenError) or attempt == MOST_SCROLLS:
                    raise
                if _is_final(error):
                    raise
                if "scroll_exists" in _codes(error.body):
                    wait(SCROLL_IDLE_SECONDS)
                continue
            if len(set(_ids(found))) >= least:
                return found
        raise left_out("companies/scroll", least, len(set(_ids(found))))

    def _scrolled(self) -> Iterator[Json]:
        params: dict[str, Any] = {}
        refused = 0
        while True:
            try:
                body = self._scrolling.fetch(
                    "companies/scroll", needs="data", params=params
                )
            except ApiError as error:
                refused += 1
                # What was one request too many has not moved it on.
                if error.status == 429 and refused <= MOST_REFUSALS:
                    continue
                raise
            if not body["data"]:
                return
            yield from body["data"]
            params = {"scroll_param": body.get("scroll_param")}

    def _check_token(self) -> None:
        if not self._has_token:
            message = f"intercom: the token is empty. {REMEDY} Nothing was requested."
            raise ApiError(message)


class Pace:
    """Keeps below Intercom's limits, which other apps of the workspace share."""

    # A window is ten seconds; a clock that is off must not stop the load.
    LONGEST_WAIT_SECONDS = 12.0

    def __call__(self, response: Response) -> None:
        """Wait for the next window when this one is used up."""
        try:
            left = int(response.headers["X-RateLimit-Remaining"])
            reset = int(response.headers["X-RateLimit-Reset"])
        except (KeyError, ValueError):
            return
        if left <= 0 or response.status_code == 429:
            wait(min(reset - time.time() + 0.5, self.LONGEST_WAIT_SECONDS))


def wait(seconds: float) -> None:
    """Wait, where there is something to wait for."""
    if seconds > 0:
        time.sleep(seconds)


@contextmanager
def _permissions() -> Generator[None]:
    """Tell a permission that the app lacks from a token that is no good.

    Raises:
        ForbiddenError: Intercom says 401 for both, and only its code tells.
    """
    try:
        yield
    except ApiError as error:
        if "token_unauthorized" in _codes(error.body):
            raise ForbiddenError(
                str(error).partition(". Set ")[0],
                status=error.status,
                body=error.body,
            ) from None
        raise


def _stop_reason(response: Response) -> str | None:
    if "intercom_version_invalid" in response.text[:1000]:
        return (
            "This version of the API has no such resource: set "
            "SOURCES__INTERCOM__API_VERSION to 2.16, or put the table into "
            "SOURCES__INTERCOM__SKIP. Nothing of this run was stored."
        )
    if "scroll_exists" in response.text[:1000]:
        return (
            "Another app scrolls through the workspace's companies, which only one may "
            "at a time. Nothing of this run was stored; load again when it is done."
        )
    if response.status_code == 400 and "starting_after" in response.text[:1000]:
        return (
            "The cursor of a list ran out while it was read. Nothing of this run was "
            "stored; load again."
        )
    return None


def _is_final(error: ApiError) -> bool:
    """Whether another scroll would fail in the same way."""
    return error.status in (401, 403) or (
        error.status == 400 and "scroll_exists" not in _codes(error.body)
    )


def _error_text(body: Json) -> str:
    errors = body.get("errors") if isinstance(body, dict) else None
    return "; ".join(
        f"{one.get('code')}: {one.get('message')}"
        for one in errors or []
        if isinstance(one, dict)
    )


def _codes(body: Json) -> list[str]:
    errors = body.get("errors") if isinstance(body, dict) else None
    return [str(one.get("code")) for one in errors or [] if isinstance(one, dict)]


def _ids(records: list[Json]) -> list[str]:
    return [str(one["id"]) for one in records if isinstance(one, dict) and "id" in one]


def left_out(path: str, total: int, arrived: int) -> ApiError:
    """Return the error of a list that is short."""
    message = (
        f"intercom: {path} left out records: it has {total:,}, {arrived:,} arrived. "
        "Nothing of this run was stored; load again later."
    )
    return ApiError(message)
