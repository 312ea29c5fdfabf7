"""Zendesk's incremental exports: what changed since an instant, a thousand a page.

There are two kinds. Those by cursor (tickets, users) end when the answer says so and go
on from the same cursor in the next load. Those by time (events, organizations) begin
each page at the second in which the last one ended, so its rows come again.

No export shows what changed in the minute before the request.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ingestion.rest import ApiError, Json
from ingestion.sources._zendesk_api import ZendeskApi, left_out

PAGE = 1_000
# Zendesk gives up on pages that take it too long; smaller ones may do.
SMALLEST_PAGE = 100
TOO_SLOW = (503, 504)
# A cursor that was lost: what the export showed in this time before is read again.
LOST_CURSOR_OVERLAP = 3_600
MOST_RESTARTS = 2
# How a cursor that Zendesk no longer knows is answered is not documented.
LOST_CURSOR = (400, 404, 410, 422)


class Export:
    """One export, asked page by page.

    Args:
        api: the account's API.
        path: the export's path.
        select: the field that holds the records.
        params: sent with every page.
    """

    def __init__(self, api: ZendeskApi, path: str, select: str, **params: str) -> None:
        self._api = api
        self._path = path
        self._select = select
        self._params = params
        self._size = PAGE

    def _page(self, **params: Json) -> dict[str, Any]:
        """Return one page; where it takes Zendesk too long, a smaller one."""
        while True:
            try:
                body = self._api.fetch(
                    self._path,
                    needs=self._select,
                    **self._params,
                    **params,
                    per_page=self._size,
                )
            except ApiError as error:
                if error.status not in TOO_SLOW or self._size <= SMALLEST_PAGE:
                    raise
                self._size = max(self._size // 2, SMALLEST_PAGE)
            else:
                return body

    def _never_ends(self) -> ApiError:
        message = (
            f"zendesk: {self._path} never ends: its next page begins where the last "
            "one did. Nothing of this run was stored; load again later, and if it "
            "stays so, tell Zendesk."
        )
        return ApiError(message)


class CursorExport(Export):
    """An export that goes on from a cursor; a lost one starts from the newest record.

    Args:
        api: the account's API.
        path: the export's path.
        select: the field that holds the records.
        stamp: returns the epoch second of a record's newest change.
        state: where cursor and newest stamp are kept between loads.
        params: sent with every page.
    """

    def __init__(
        self,
        api: ZendeskApi,
        path: str,
        select: str,
        stamp: Callable[[Any], int | None],
        state: dict[str, Any],
        **params: str,
    ) -> None:
        super().__init__(api, path, select, **params)
        self._stamp = stamp
        self._state = state

    def pages(self, start: int, *, read_all: bool) -> Iterator[list[Any]]:
        """Yield the pages of what is new since the last load.

        Args:
            start: the first second of interest.
            read_all: read again what was read before.
        """
        cursor = None if read_all else self._state.get("cursor")
        newest = start if read_all else self._state.get("newest", start)
        since = start
        restarts = 0
        while True:
            where = {"cursor": cursor} if cursor else {"start_time": since}
            try:
                body = self._whole_page(where)
            except ApiError as error:
                if not cursor or error.status not in LOST_CURSOR:
                    raise
                if restarts == MOST_RESTARTS:
                    raise self._lost(error) from None
                restarts += 1
                cursor, since = None, max(newest - LOST_CURSOR_OVERLAP, start)
                continue
            yield body[self._select]
            after = body.get("after_cursor")
            stamps = [self._stamp(record) or 0 for record in body[self._select]]
            newest = max(newest, *stamps, 0)
            if body.get("end_of_stream"):
                break
            if not after or after == cursor:
                raise self._never_ends()
            cursor = after
        if after:
            self._state.update(cursor=after, newest=newest)

    def _whole_page(self, where: dict[str, Any]) -> dict[str, Any]:
        """Return a page; one that seems to lack rows is asked for twice."""
        body = self._page(**where)
        if not self._is_short(body, where.get("cursor")):
            return body
        again = self._page(**where)
        is_longer = len(again[self._select]) > len(body[self._select])
        return again if is_longer else body

    def _is_short(self, body: dict[str, Any], cursor: str | None) -> bool:
        """Whether a page has no rows and moves on, or is not full and not the last."""
        if not body[self._select]:
            return cursor is not None and body.get("after_cursor") != cursor
        return not body.get("end_of_stream") and len(body[self._select]) < self._size

    def _lost(self, error: ApiError) -> ApiError:
        message = (
            f"zendesk: {self._path} refused the cursor that it gave itself, also after "
            f"starting again {MOST_RESTARTS} times ({error}) Nothing of this run was "
            "stored; load again later."
        )
        return ApiError(message, status=error.status)


class TimeExport(Export):
    """An export that goes on from the second in which the last page ended."""

    def pages(self, start: int) -> Iterator[list[Any]]:
        """Yield the pages from a second on; rows of the boundary come twice.

        Raises:
            ApiError: a page has fewer rows than it says, or the pages never end.
        """
        while True:
            body = self._counted_page(start)
            yield body[self._select]
            end = body.get("end_time")
            if body.get("end_of_stream") or not body[self._select] or end is None:
                return
            if end <= start:
                yield from self._rest(start)
                return
            start = end

    def _counted_page(self, start: int) -> dict[str, Any]:
        for _ in range(2):
            body = self._page(start_time=start)
            missing = int(body.get("count") or 0) - len(body[self._select])
            if missing <= 0:
                return body
        raise left_out(self._path, missing)

    def _rest(self, start: int) -> Iterator[list[Any]]:
        """Yield what follows a second with more rows than fit on a page."""
        raise NotImplementedError


class EventExport(TimeExport):
    """The export of ticket events, which steps over a second that is too full.

    Attributes:
        first_skipped: the first second whose events were not all shown, if any.
    """

    first_skipped: int | None = None

    def _rest(self, start: int) -> Iterator[list[Any]]:
        if self.first_skipped is None:
            self.first_skipped = start
        yield from self.pages(start + 1)


class OrganizationExport(TimeExport):
    """The export of organizations, and their list where a second is too full."""

    def _rest(self, start: int) -> Iterator[list[Any]]:
        yield list(self._api.listed("organizations", self._select))


class MetricExport(TimeExport):
    """The export of metric events: by time, and by cursor where a second is too full."""

    def _rest(self, start: int) -> Iterator[list[Any]]:
        after: str | None = None
        while True:
            params: dict[str, Any] = {"page[size]": 100}
            if after:
                params["page[after]"] = after
            body = self._api.fetch(
                self._path,
                needs=self._select,
                start_time=start,
                **self._params,
                **params,
            )
            yield body[self._select]
            meta = body.get("meta") or {}
            if not meta.get("has_more"):
                return
            if not meta.get("after_cursor") or meta["after_cursor"] == after:
                raise self._never_ends()
            after = meta["after_cursor"]
