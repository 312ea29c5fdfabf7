"""How Zendesk is asked: limits, errors, lists, and what a list may have left out."""

import re
import time
from collections.abc import Iterator
from typing import Any

from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from requests import Response
from requests.auth import AuthBase

from ingestion.extraction import Row
from ingestion.rest import Api, ApiError, Json

LIST_PAGE = 100
MANY = 100  # ids that one show_many may name
_BUCKET = re.compile(r"(total|remaining|resets)\s*=\s*(\d+)")


def api_for(
    base_url: str, auth: AuthBase, *, secrets: list[str], remedy: str
) -> "ZendeskApi":
    """Return the account's API."""
    api = Api(
        "zendesk",
        f"{base_url.rstrip('/')}/api/v2/",
        auth,
        secrets=secrets,
        token_remedy=remedy,
        stop_reason=_stop_reason,
        after_response=Pace(),
        error_text=error_text,
    )
    return ZendeskApi(api)


def error_text(body: Json) -> str:
    """Return what Zendesk says in any of its four kinds of error body."""
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    said: list[Any] = [error]
    if isinstance(error, dict):
        said = [error.get("title"), error.get("message")]
    said += [body.get("description") or body.get("error_description")]
    listed = body.get("errors")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict):
            said += [each.get("code"), each.get("title"), each.get("detail")]
    return ": ".join(str(part) for part in said if part)


def _stop_reason(response: Response) -> str | None:
    if response.status_code == 404 and "No help desk" in response.text:
        return (
            "There is no Zendesk account of this name: correct "
            "SOURCES__ZENDESK__SUBDOMAIN (or SOURCES__ZENDESK__BASE_URL). Nothing of "
            "this run was stored."
        )
    return None


class Pace:
    """Keeps below Zendesk's limits, which other apps of the account share.

    Exports have few requests a minute of their own, and a header says what is left of
    them; waiting for the window is cheaper than being refused.
    """

    LONGEST_SECONDS = 60.0
    # A refusal may come with `Retry-After: 0`, which would be asked again at once.
    REFUSED_SECONDS = 1.0

    def __call__(self, response: Response) -> None:
        """Wait as long as the next request must, judged by this response."""
        wait = 0.0
        if response.status_code == 429:
            wait = self._after_refusal(response)
        elif response.status_code < 400:
            wait = self._after_answer(response)
        if wait > 0:
            time.sleep(min(wait, self.LONGEST_SECONDS))

    def _after_refusal(self, response: Response) -> float:
        waits = response.headers.get("Retry-After", "").strip()
        # dlt's session waits by itself when it is told how long.
        return 0.0 if waits not in ("", "0") else self.REFUSED_SECONDS

    def _after_answer(self, response: Response) -> float:
        wait = 0.0
        for name, text in response.headers.items():
            if not name.lower().startswith("zendesk-ratelimit-"):
                continue
            said = dict(_BUCKET.findall(text))
            if said.get("remaining") == "0":
                wait = max(wait, float(said.get("resets", 0)))
        headers = response.headers
        try:
            most = int(headers["ratelimit-limit"])
            left = int(headers["ratelimit-remaining"])
            resets = int(headers["ratelimit-reset"])
        except (KeyError, ValueError):
            return wait
        if most > 0 and left < most / 20:
            wait = max(wait, float(resets))
        return wait


class ZendeskApi:
    """The account's API with Zendesk's lists on top."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def fetch(self, path: str, *, needs: str, **params: Json) -> Json:
        """Return the parsed body of one GET."""
        return self._api.fetch(path, needs=needs, params=params)

    def listed(self, path: str, select: str, **params: str) -> Iterator[Row]:
        """Yield a list's records; a list that lacks some is read a second time.

        Cursor pages say no total, so the offset form of the same list is asked for it.
        The second time all records come again.

        Raises:
            ApiError: records are still missing.
        """
        ids: set[Any] = set()
        nameless = missing = 0
        for _ in range(2):
            pages = self._api.pages(
                path,
                JSONResponseCursorPaginator(
                    cursor_path="meta.after_cursor",
                    cursor_param="page[after]",
                    has_more_path="meta.has_more",
                ),
                select=select,
                params={"page[size]": LIST_PAGE, **params},
            )
            nameless = 0
            for page in pages:
                named = _ids(page)
                ids.update(named)
                nameless += len(page) - len(named)
                yield from page
            total = self._total(path, select, **params)
            missing = 0 if total is None else total - len(ids) - nameless
            if missing <= 0:
                return
        raise left_out(path, missing)

    def _total(self, path: str, select: str, **params: str) -> int | None:
        body = self.fetch(path, needs=select, page=1, per_page=1, **params)
        count = body.get("count")
        return count if isinstance(count, int) else None

    def numbered(self, path: str, select: str) -> Iterator[Row]:
        """Yield the records of a list that has only numbered pages.

        Raises:
            ApiError: it has fewer records than it says.
        """
        ids: set[Any] = set()
        nameless = 0
        number = 1
        while True:
            body = self.fetch(path, needs=select, page=number, per_page=LIST_PAGE)
            page = body[select]
            named = _ids(page)
            ids.update(named)
            nameless += len(page) - len(named)
            yield from page
            if not page or not body.get("next_page"):
                break
            number += 1
        missing = int(body.get("count") or 0) - len(ids) - nameless
        if missing > 0:
            raise left_out(path, missing)

    def many(self, path: str, select: str, ids: list[str], **params: str) -> list[Row]:
        """Return the records of these ids that exist."""
        records: list[Row] = []
        for start in range(0, len(ids), MANY):
            named = ",".join(ids[start : start + MANY])
            records += self.fetch(path, needs=select, ids=named, **params)[select]
        return records


def left_out(path: str, missing: int) -> ApiError:
    """Return the error of a list that is short."""
    message = (
        f"zendesk: {path} left out {missing:,} records that it counts itself. Nothing "
        "of this run was stored; load again later, and if it stays so, tell Zendesk."
    )
    return ApiError(message)


def _ids(records: list[Any]) -> list[Any]:
    """Return the ids of the records that have one, repeated ones as well."""
    ids = [one.get("id") for one in records if isinstance(one, dict)]
    return [one for one in ids if one is not None]
